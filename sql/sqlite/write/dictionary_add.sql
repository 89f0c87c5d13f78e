-- Gives a new entry of a dictionary its number.
insert into {table} ({columns})
values ({values})
