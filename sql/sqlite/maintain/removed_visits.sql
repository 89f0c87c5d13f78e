-- How many visits lose a hit.
select count(distinct nullif(hit.visit, 0))
from temp.affected_hit
cross join hit on hit.id = affected_hit.id
where affected_hit.is_removed
