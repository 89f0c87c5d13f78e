-- The figures of a whole period of which the report shows the course: what does not add up, too.
select
  coalesce(visitors_in(part.visitors), 0) as visitors,
  coalesce(sum(part.visits), 0) as visits,
  coalesce(sum(part.pageviews), 0) as pageviews,
  coalesce(sum(part.hits), 0) as hits,
  coalesce(sum(part.bytes), 0) as bytes,
  coalesce(sum(part.errors), 0) as errors,
  coalesce(sum(part.bounces), 0) as bounces,
  coalesce(sum(part.duration), 0) as total_duration
from temp.part as part
