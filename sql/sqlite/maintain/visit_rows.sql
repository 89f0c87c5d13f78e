-- The visits that lose a hit, as they were.
select
  {visit_row}
from temp.going_visit
join visit on visit.id = going_visit.id
join agent on agent.id = visit.agent
