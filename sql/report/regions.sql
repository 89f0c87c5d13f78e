-- report: regions of clients' addresses, if the country file has them
-- order: 160
-- dimension: place
-- column: region text
-- column: country text
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- In which regions people are.
select
  place.region as region,
  country.name as country,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.bounces) as bounces
from temp.part as part
join place on place.id = part.key
join country on country.id = place.country
group by country.id, place.region
