-- An entry of a dictionary.
select {columns}
from {table}
where id = :id
