-- Who asks most.
select
  case typeof(hit.address)
    when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                               (hit.address >> 8) & 255, hit.address & 255)
    else hit.address
  end as ip,
  country.name as country,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes,
  sum(hit.status >= 400) as errors,
  max(hit.id) >> 24 as last
from hit
join country on country.id = hit.country
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by hit.address
