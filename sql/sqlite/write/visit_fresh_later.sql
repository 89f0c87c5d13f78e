-- The visit after a time that was taken for a visitor's first, when there is one.
select began
from visit
where visitor = :visitor
  and began > :second
  and fresh = 1
limit 1
