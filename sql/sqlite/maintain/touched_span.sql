-- When the buckets begin and end that have such sets of a dimension.
select min(bucket), max(bucket)
from temp.touched_set
where dimension = :dimension
