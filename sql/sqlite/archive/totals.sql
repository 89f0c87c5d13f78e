-- Of an archive: the totals of a dimension's buckets before one.
select
  rollup.dimension, rollup.bucket, site.name, rollup.robot, rollup.hits, rollup.pageviews, rollup.errors,
  rollup.bytes, rollup.visits, rollup.bounces, rollup.duration, rollup.fresh, rollup.unshown,
  lower(hex(coalesce(visitors.hashes, ''))), rollup.key
from rollup
join site on site.id = rollup.site
left join visitors
  on visitors.dimension = rollup.dimension
  and visitors.bucket = rollup.bucket
  and visitors.site = rollup.site
  and visitors.robot = rollup.robot
  and visitors.key = rollup.key
where rollup.dimension = :dimension
  and rollup.bucket < :bucket
order by rollup.bucket, rollup.site, rollup.robot, rollup.key
