-- The sessions that have all their rows, and were divided by today's rules.
select id, visitor, began, ended, timeout
from session
where began >= :rows_from
  and rules = :rules
order by id
