-- How requests ended.
select
  hit.status as status,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes
from hit
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by hit.status
