-- A fact about the store itself that is a number.
select cast(value as integer)
from store
where key = :key
