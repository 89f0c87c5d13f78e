-- report: TLS versions of hits; empty for plain HTTP
-- order: 306
-- column: tls text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- sort: hits descending
-- engine: sqlite
-- No dimension of the rollups knows them, so that rows are counted.
select
  tls.name as tls,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes
from hit
join tls on tls.id = hit.tls
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by hit.tls
