-- The visits that match the filters and may have hits in a period, with their visitors.
select
  visit.id as visit,
  visit.visitor as visitor
from visit
where visit.ended >= :since >> 24
  and visit.began < :until >> 24
  and {of_visits}
