-- The first hour since 1970 in which anything was counted.
select min(bucket)
from rollup
where dimension = :dimension
