-- report: HTTP versions of requests
-- order: 305
-- column: protocol text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- sort: hits descending
-- engine: sqlite
-- As httpd numbers them: 1000 × major + minor; 0 where a log does not say. No dimension of the rollups
-- knows them, so that rows are counted.
select
  case hit.protocol
    when 0 then ''
    else printf('HTTP/%d.%d', hit.protocol / 1000, hit.protocol % 1000)
  end as protocol,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes
from hit
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by hit.protocol
