-- A fact about the store itself.
select value
from store
where key = :key
