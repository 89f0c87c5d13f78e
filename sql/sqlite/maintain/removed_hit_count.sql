-- How many hits are to be removed, and how many visits lose some.
select
  count(*) as hits,
  count(distinct nullif(hit.visit, 0)) as visits
from hit
where {rule}
