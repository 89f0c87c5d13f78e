-- Adds up the visits that are counted in whole buckets.
insert into temp.recount (bucket, site, robot, key, hits, pageviews, visits, bounces, duration, fresh)
select
  visit.counted / :unit as bucket,
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
where visit.counted >= :since >> 24
  and visit.counted < :until >> 24
  and visit.pageviews > 0
group by 1, 2, 3, 4
