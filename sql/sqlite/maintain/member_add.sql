-- Hits that go and have no visit.
insert or ignore into temp.member (id, goes)
select hit.id, 1
from temp.going
join hit on hit.id = going.id
