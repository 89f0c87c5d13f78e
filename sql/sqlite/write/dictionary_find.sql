-- The number of an entry of a dictionary.
select id
from {table}
where {key}
