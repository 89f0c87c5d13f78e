-- Stores one hit.
insert into hit ({hit_columns})
values ({hit_values})
