-- Remembers the entries of a dictionary that hits which go refer to.
insert or ignore into temp.loose (kind, id)
select :kind, hit.{column}
from temp.member
join hit on hit.id = member.id
where member.goes
