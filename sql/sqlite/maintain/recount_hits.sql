-- Adds up the hits of whole buckets.
insert into temp.recount (bucket, site, robot, key, hits, pageviews, errors, bytes, duration, unshown, hashes)
select
  (hit.id >> 24) / :unit as bucket,
  hit.site as site,
  hit.robot as robot,
  {hit_key} as key,
  count(*) filter (where {wholly}) as hits,
  sum(hit.pageview) as pageviews,
  count(*) filter (where hit.status >= 400 and {wholly}) as errors,
  coalesce(sum(hit.bytes) filter (where {wholly}), 0) as bytes,
  sum({time}) as duration,
  sum({unshown}) as unshown,
  {visitors_kept} as hashes
from hit
{joins}
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and {class}
group by 1, 2, 3, 4
