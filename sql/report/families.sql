-- report: browsers, all versions together
-- order: 200
-- dimension: browser
-- column: browser text
-- column: visitors number
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- What people read with, whatever its version.
select
  browser.name as browser,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.bounces) as bounces
from temp.part as part
join browser_version on browser_version.id = part.key
join browser on browser.id = browser_version.browser
group by browser.id
