-- The visits that lose a hit, before the removal.
select
  {visit_row}
from temp.affected_visit
join visit on visit.id = affected_visit.id
join agent on agent.id = visit.agent
