-- The highest number of all hits.
select max(id)
from hit
