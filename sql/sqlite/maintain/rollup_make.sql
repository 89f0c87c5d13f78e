-- Makes the rollups of some buckets from the totals of their rows.
insert into rollup (
  dimension, bucket, site, robot, key, hits, pageviews, errors, bytes, visits, bounces, duration, fresh,
  unshown
)
select
  :dimension,
  bucket,
  site,
  robot,
  key,
  sum(hits),
  sum(pageviews),
  sum(errors),
  sum(bytes),
  sum(visits),
  sum(bounces),
  sum(duration),
  sum(fresh),
  sum(unshown)
from temp.recount
group by bucket, site, robot, key
