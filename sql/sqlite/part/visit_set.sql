-- The visits that match the filters and may have hits in a period, with their visitors.
select
  visit.id as visit,
  visit.visitor as visitor
from visit
where visit.closed >= :since >> 24
  and visit.opened < :until >> 24
  and {of_visits}
