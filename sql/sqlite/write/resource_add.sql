-- Gives a new resource its number.
insert into resource (name, page)
values (:name, :page)
