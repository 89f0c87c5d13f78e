-- report: pages of other sites that link here
-- order: 110
-- dimension: referer
-- column: referer text
-- column: domain text
-- column: pageviews count
-- column: bytes bytes
-- sort: pageviews descending
-- engine: sqlite
-- Pages of other sites that people came from; one is of this site, too, where sites link to each other.
select
  referer.name as referer,
  domain.name as domain,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes
from temp.part as part
cross join referer on referer.id = part.key
join domain on domain.id = referer.domain
group by referer.name
