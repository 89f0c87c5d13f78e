-- Adds up the hits of whole buckets.
insert into temp.recount (bucket, site, robot, key, hits, pageviews, errors, bytes, duration, hashes)
select
  (hit.id >> 24) / :unit as bucket,
  hit.site as site,
  hit.robot as robot,
  {hit_key} as key,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.status >= 400) as errors,
  sum(hit.bytes) as bytes,
  sum({time}) as duration,
  {visitors_kept} as hashes
from hit
{joins}
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and {class}
group by 1, 2, 3, 4
