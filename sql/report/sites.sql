-- report: virtual hosts
-- order: 280
-- dimension: all
-- key: site
-- column: site text
-- column: visitors number
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: errors count
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- Which sites people read.
select
  site.name as site,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors,
  sum(part.bounces) as bounces
from temp.part as part
join site on site.id = part.key
group by site.id
