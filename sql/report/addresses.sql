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
-- Who asks most. The country is that of the last hit. The hits are added up first, whereby the table of
-- addresses gets its rows.
select
  asked.address as ip,
  country.name as country,
  asked.hits as hits,
  asked.pageviews as pageviews,
  asked.bytes as bytes,
  asked.errors as errors,
  asked.last >> 24 as last
from (
  select
    slim_add_addresses(hit.address, hit.id, hit.country, hit.pageview, hit.bytes, hit.status >= 400) as addresses
  from hit
  where hit.id >= :since
    and hit.id < :until
    and {robots}
    and {filters}
) as hits
cross join added_address as asked
join country on country.id = asked.country
where hits.addresses > 0
