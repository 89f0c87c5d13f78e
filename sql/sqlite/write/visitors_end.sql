-- When the last day with visitors ends; 1 when there is none.
select coalesce((max(bucket) + 1) * 86400, 1)
from visitors
where dimension = 2
