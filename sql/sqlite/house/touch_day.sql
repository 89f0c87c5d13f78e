-- The days of page views that go.
insert or ignore into temp.touched_day (day)
select (hit.id >> 24) / 86400
from temp.member
join hit on hit.id = member.id
where member.goes
  and hit.pageview = 1
