-- report: hits of robots by hour, day, week or month, and by what they are for
-- order: 254
-- dimension: robot_hour
-- key: purpose
-- column: time text
-- column: train_hits count
-- column: index_hits count
-- column: fetch_hits count
-- column: search_hits count
-- column: feed_hits count
-- column: preview_hits count
-- column: monitor_hits count
-- column: archive_hits count
-- column: seo_hits count
-- column: tool_hits count
-- column: other_hits count
-- sort: time ascending
-- limit: 1000
-- robots: always
-- engine: sqlite
-- The course of a period, with a column for each purpose.
select
  slim_bucket_label(part.key >> 4) as time,
  coalesce(sum(part.hits) filter (where part.key & 15 = 1), 0) as train_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 2), 0) as index_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 3), 0) as fetch_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 4), 0) as search_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 5), 0) as feed_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 6), 0) as preview_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 7), 0) as monitor_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 8), 0) as archive_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 9), 0) as seo_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 10), 0) as tool_hits,
  coalesce(sum(part.hits) filter (where part.key & 15 = 0), 0) as other_hits
from temp.part as part
where part.robot <> 8
group by part.key >> 4
