-- The visits that match the filters and may have hits in a period, with their visitors.
select
  visit.id as visit,
  visit.visitor as visitor
from visit
where {visit_in_period}
  and {of_visits}
