-- The course of a period, a row for each hour, day, week or month that has hits.
select
  {bucket} as time,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  count(distinct hit.address) as addresses,
  sum(hit.bytes) as bytes,
  sum(hit.status >= 400) as errors
from hit
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by time
