-- Hits to be removed that have no visit.
insert or ignore into temp.affected_hit (id, is_removed)
select hit.id, 1
from temp.removed_hit
cross join hit on hit.id = removed_hit.id
