-- The number of a text in one of the plain dictionaries.
select id
from {table}
where name = :name
