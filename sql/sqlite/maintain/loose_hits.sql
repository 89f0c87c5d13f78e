-- Remembers the entries of a dictionary that hits to be removed refer to.
insert or ignore into temp.loose (kind, id)
select :kind, hit.{column}
from temp.affected_hit
join hit on hit.id = affected_hit.id
where affected_hit.is_removed
