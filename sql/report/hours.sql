-- report: hours of the week; 0 is Monday, midnight to 1 a.m.
-- order: 310
-- dimension: hour
-- key: hour_of_week
-- column: weekday number key
-- column: hour number key
-- column: visitors number
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- sort: weekday ascending
-- limit: 168
-- engine: sqlite
-- When people come: the hours of the week.
select
  part.key / 24 as weekday,
  part.key % 24 as hour,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes
from temp.part as part
group by part.key
