-- Adds to the measures of keys.
insert or fail into rollup (
  dimension, bucket, site, robot, key, hits, pageviews, errors, bytes, visits, bounces, duration, fresh,
  unshown
)
select
  dimension, bucket, site, robot, key, hits, pageviews, errors, bytes, visits, bounces, duration, fresh,
  unshown
from batch_rollup
where true
on conflict (dimension, bucket, site, robot, key) do update set
  hits = hits + excluded.hits,
  pageviews = pageviews + excluded.pageviews,
  errors = errors + excluded.errors,
  bytes = bytes + excluded.bytes,
  visits = visits + excluded.visits,
  bounces = bounces + excluded.bounces,
  duration = duration + excluded.duration,
  fresh = fresh + excluded.fresh,
  unshown = unshown + excluded.unshown
