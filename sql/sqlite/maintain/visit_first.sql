-- A visitor's first visit that counts.
select
  {visit_row}
from visit
join agent on agent.id = visit.agent
where visit.visitor = :visitor
  and visit.pageviews > 0
order by visit.began
limit 1
