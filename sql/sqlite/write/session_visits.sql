-- The visits of a session, its rest among them.
select
  {visit_row}
from visit
join agent on agent.id = visit.agent
where visit.visitor = :visitor
  and visit.began between :began and :ended
