-- The rollups of a dimension's day.
select bucket, site, robot, key, hits, pageviews, errors, bytes, visits, bounces, duration, fresh, unshown
from rollup
where dimension = :dimension
  and bucket >= :first
  and bucket < :last
