-- When a visitor's next visit after a time began.
select min(began)
from visit
where visitor = :visitor
  and began > :second
