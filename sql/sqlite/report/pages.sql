-- What people read.
select
  page.name as page,
  sum(hit.pageview) as pageviews,
  count(distinct hit.address) as addresses,
  sum(hit.bytes) as bytes,
  cast(avg(hit.duration_us) as integer) as average_us
from hit
join resource on resource.id = hit.resource
join page on page.id = resource.page
where hit.id >= :since
  and hit.id < :until
  and hit.pageview = 1
  and {robots}
  and {filters}
group by page.id
