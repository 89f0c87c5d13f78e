-- A visitor's first visit with a page view after a time.
select
  {visit_row}
from visit
join agent on agent.id = visit.agent
where visit.visitor = :visitor
  and visit.began > :second
  and visit.pageviews > 0
order by visit.began
limit 1
