-- The last session of a visitor that began at or before a time.
select id, began, ended, rules
from session
where visitor = :visitor
  and began <= :second
order by began desc
limit 1
