-- Counts the visits that began in a period, row by row. A visit lies at most a day behind its number.
insert into temp.part (key, robot, hits, pageviews, visits, bounces, duration, fresh)
select
  {visit_key} as key,
  visit.robot as robot,
  sum(visit.hits) * {sums} as hits,
  sum(visit.pageviews) * {sums} as pageviews,
  count(*) as visits,
  sum(visit.pageviews = 1) as bounces,
  sum(case when visit.pageviews > 1 then visit.ended - visit.began else 0 end) as duration,
  sum(visit.fresh) as fresh
from visit
where visit.id >= :since
  and visit.id < :until + (86400 << 24)
  and visit.began >= :since >> 24
  and visit.began < :until >> 24
  and visit.pageviews > 0
  and {visit_robots}
  and {visit_filters}
group by 1, 2
