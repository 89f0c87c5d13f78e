-- Gives a new text of a plain dictionary its number.
insert into {table} (name)
values (:name)
