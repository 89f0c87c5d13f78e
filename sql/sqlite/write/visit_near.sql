-- The last visit of a visitor that began at or before a time, and what it has in common with its
-- agent's versions.
select
  {visit_row}
from visit
join agent on agent.id = visit.agent
where visit.visitor = :visitor
  and visit.began <= :second
order by visit.began desc
limit 1
