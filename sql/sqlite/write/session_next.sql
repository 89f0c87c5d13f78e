-- When a visitor's next session after a time began.
select min(began)
from session
where visitor = :visitor
  and began > :second
