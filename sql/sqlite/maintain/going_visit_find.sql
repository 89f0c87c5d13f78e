-- The visits that they are of, as they are now.
insert or ignore into temp.going_visit (id)
select hit.visit
from temp.going
join hit on hit.id = going.id
where hit.visit <> 0
