-- report: countries of clients' addresses
-- order: 150
-- dimension: country
-- column: country text
-- column: visitors number
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- Where people are.
select
  country.name as country,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.bounces) as bounces
from temp.part as part
join country on country.id = part.key
group by country.id
