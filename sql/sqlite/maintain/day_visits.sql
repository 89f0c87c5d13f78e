-- The visits that are counted on a day.
select
  {visit_row}
from visit
cross join agent on agent.id = visit.agent
where visit.counted >= :since
  and visit.counted < :until
  and visit.pageviews > 0
