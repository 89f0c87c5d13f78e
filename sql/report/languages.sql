-- report: preferred languages
-- order: 190
-- dimension: language
-- column: language text
-- column: visitors number
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- What people read in.
select
  language.name as language,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.bounces) as bounces
from temp.part as part
join language on language.id = part.key
group by language.id
