-- report: operating systems, all versions together
-- order: 220
-- dimension: platform
-- column: platform text
-- column: visitors number
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- What people read on, whatever its version.
select
  platform.name as platform,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.bounces) as bounces
from temp.part as part
join platform_version on platform_version.id = part.key
join platform on platform.id = platform_version.platform
group by platform.id
