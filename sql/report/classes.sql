-- report: classes of robots
-- order: 240
-- dimension: robot
-- column: class text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- column: errors count
-- sort: hits descending
-- robots: always
-- engine: sqlite
-- Robots by their classes.
select
  robot.name as class,
  sum(part.hits) as hits,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors
from temp.part as part
join robot on robot.id = part.key >> 40
group by robot.id
