-- Counts the hits of a period, row by row.
insert into temp.part (key, robot, hits, pageviews, errors, bytes, visitors)
select
  {hit_key} as key,
  hit.robot as robot,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.status >= 400) as errors,
  sum(hit.bytes) as bytes,
  {visitors} as visitors
from hit
left join resource on resource.id = hit.resource
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and {class}
  and {robots}
  and {filters}
group by 1, 2
