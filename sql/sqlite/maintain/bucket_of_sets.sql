-- The first bucket of a dimension that has a set of visitors, from one on.
select min(bucket)
from visitors
where dimension = :dimension
  and bucket >= :first
