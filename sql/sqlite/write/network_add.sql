-- Gives a new network its number.
insert into network (number, name)
values (:number, :name)
