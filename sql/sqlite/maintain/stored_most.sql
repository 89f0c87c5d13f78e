-- How many stored hits the journal has that has most.
select max(stored)
from journal
