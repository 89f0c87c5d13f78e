-- The hits of a period, one by one.
select
  {hit_key} as key,
  hit.robot as robot,
  1 as hits,
  hit.pageview as pageviews,
  hit.status >= 400 as errors,
  hit.bytes as bytes,
  0 as visits,
  0 as bounces,
  0 as duration,
  0 as fresh,
  {visitor} as visitor
from hit
left join resource on resource.id = hit.resource
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and {class}
  and {robots}
  and {filters}
  and {shown_hits}
