-- The visits that began in a period, each handed over to be added up. A visit lies at most a day
-- behind its number.
select slim_add_visits(
  visit.robot,
  visit.site,
  visit.hits,
  visit.pageviews,
  visit.ended - visit.began,
  visit.fresh
  {visit_keys}
)
from visit
{visit_joins}
where visit.id >= :since
  and visit.id < :until + (86400 << 24)
  and visit.began >= :since >> 24
  and visit.began < :until >> 24
  and visit.pageviews > 0
  and {visit_robots}
  and {visit_filters}
