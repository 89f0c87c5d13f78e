-- Adds up the visits that began in whole buckets. A visit lies at most a day behind its number.
insert into temp.recount (bucket, site, robot, key, hits, pageviews, visits, bounces, duration, fresh)
select
  visit.began / :unit as bucket,
  visit.site as site,
  visit.robot as robot,
  {visit_key} as key,
  sum(visit.hits) * {sums} as hits,
  sum(visit.pageviews) * {sums} as pageviews,
  count(*) as visits,
  sum(visit.pageviews = 1) as bounces,
  sum(case when visit.pageviews > 1 then visit.ended - visit.began else 0 end) as duration,
  sum(visit.fresh) as fresh
from visit
{visit_joins}
where visit.id >= :since
  and visit.id < :until + (86400 << 24)
  and visit.began >= :since >> 24
  and visit.began < :until >> 24
  and visit.pageviews > 0
group by 1, 2, 3, 4
