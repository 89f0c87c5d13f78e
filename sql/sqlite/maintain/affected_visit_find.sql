-- The visits of the hits to be removed, as they are now.
insert or ignore into temp.affected_visit (id)
select hit.visit
from temp.removed_hit
join hit on hit.id = removed_hit.id
where hit.visit <> 0
