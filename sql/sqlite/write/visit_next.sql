-- When a visitor came again after a time.
select min(began)
from visit
where visitor = :visitor
  and began > :second
