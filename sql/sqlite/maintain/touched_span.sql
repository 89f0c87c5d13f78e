-- The first and the last bucket with such sets of a dimension.
select min(bucket), max(bucket)
from temp.touched_set
where dimension = :dimension
