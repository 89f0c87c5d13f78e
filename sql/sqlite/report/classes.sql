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
