-- The visits that began in a period, one by one. A visit lies at most a day behind its number.
select
  {visit_key} as key,
  visit.robot as robot,
  visit.hits * {sums} as hits,
  visit.pageviews * {sums} as pageviews,
  0 as errors,
  0 as bytes,
  1 as visits,
  visit.pageviews = 1 as bounces,
  case when visit.pageviews > 1 then visit.ended - visit.began else 0 end as duration,
  visit.fresh as fresh
from visit
where visit.id >= :since
  and visit.id < :until + (86400 << 24)
  and visit.began >= :since >> 24
  and visit.began < :until >> 24
  and visit.pageviews > 0
  and {visit_robots}
  and {visit_filters}
