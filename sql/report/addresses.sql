-- report: addresses of clients
-- order: 270
-- column: ip text key
-- column: country text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- column: errors count
-- column: last seconds
-- sort: hits descending
-- engine: sqlite
-- Who asks most. The country is that of the last hit: SQLite takes a column that stands alone from the
-- row of max().
select
  case typeof(asked.address)
    when 'integer' then printf('%d.%d.%d.%d', asked.address >> 24, (asked.address >> 16) & 255,
                               (asked.address >> 8) & 255, asked.address & 255)
    else asked.address
  end as ip,
  country.name as country,
  asked.hits as hits,
  asked.pageviews as pageviews,
  asked.bytes as bytes,
  asked.errors as errors,
  asked.last >> 24 as last
from (
  select
    hit.address as address,
    max(hit.id) as last,
    hit.country as country,
    count(*) as hits,
    sum(hit.pageview) as pageviews,
    sum(hit.bytes) as bytes,
    sum(hit.status >= 400) as errors
  from hit
  where hit.id >= :since
    and hit.id < :until
    and {robots}
    and {filters}
  group by hit.address
) as asked
join country on country.id = asked.country
