-- The number of stored hits of the journal that has most.
select max(stored)
from journal
