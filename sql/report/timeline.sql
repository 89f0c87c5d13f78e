-- report: a period by hour, day, week or month
-- order: 20
-- dimension: hour
-- key: bucket
-- column: time text
-- column: visitors number
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: errors count
-- column: bounce_rate percent = bounces / visits
-- column: duration span = total_duration / (visits - bounces)
-- column: pages_per_visit decimal = pageviews / visits
-- sort: time ascending
-- limit: 1000
-- engine: sqlite
-- The course of a period, a row for each hour, day, week or month.
select
  slim_bucket_label(part.key) as time,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors,
  sum(part.bounces) as bounces,
  sum(part.duration) as total_duration
from temp.part as part
group by part.key
