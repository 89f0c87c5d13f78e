-- Takes the totals of a key of a day that has no hits.
insert into rollup (
  dimension, bucket, site, robot, key, hits, pageviews, errors, bytes, visits, bounces, duration, fresh,
  unshown
) values (
  :dimension, :bucket, :site, :robot, :key, :hits, :pageviews, :errors, :bytes, :visits, :bounces,
  :duration, :fresh, :unshown
)
on conflict (dimension, bucket, site, robot, key) do nothing
