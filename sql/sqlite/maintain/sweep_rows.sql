-- The next rows of a table, and the numbers of the texts that they refer to.
select id{columns}
from {table}
where id > :after
order by id
limit :rows
