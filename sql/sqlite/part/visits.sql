-- The visits that are counted in a period, each handed over to be added up.
select slim_add_visits(
  visit.robot,
  visit.hits,
  visit.pageviews,
  visit.ended - visit.began,
  visit.fresh
  {visit_keys}
)
from visit
{visit_joins}
where visit.counted >= :since >> 24
  and visit.counted < :until >> 24
  and visit.pageviews > 0
  and {visit_robots}
  and {visit_filters}
