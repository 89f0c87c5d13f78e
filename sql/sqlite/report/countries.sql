-- Where visitors are.
select
  country.name as country,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes,
  count(distinct hit.address) as addresses
from hit
join country on country.id = hit.country
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by country.id
