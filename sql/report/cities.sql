-- report: cities of clients' addresses, if the country file has them
-- order: 170
-- dimension: place
-- column: city text
-- column: region text
-- column: country text
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- In which cities people are.
select
  place.city as city,
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
group by place.id
