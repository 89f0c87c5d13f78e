-- The first bucket of a dimension that has rollups, from one on.
select min(bucket)
from rollup
where dimension = :dimension
  and bucket >= :first
