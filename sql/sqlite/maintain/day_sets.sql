-- The sets of visitors of a dimension's day.
select bucket, site, robot, key, hashes
from visitors
where dimension = :dimension
  and bucket >= :first
  and bucket < :last
