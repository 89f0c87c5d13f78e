-- The first number that no entry of a dictionary has had.
select coalesce(max(id), 0) + 1
from {table}
