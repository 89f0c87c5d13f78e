-- Adds to the measures of a key.
insert into rollup (
  dimension, bucket, site, robot, key, hits, pageviews, errors, bytes, visits, bounces, duration, fresh,
  unshown
) values (
  :dimension, :bucket, :site, :robot, :key, :hits, :pageviews, :errors, :bytes, :visits, :bounces,
  :duration, :fresh, :unshown
)
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
