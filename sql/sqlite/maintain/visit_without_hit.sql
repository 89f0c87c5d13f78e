-- Visits that have no hit, and those outside of any session.
select visit.id
from visit
where visit.opened >= :rows_from
  and (not exists (select 1 from hit where hit.visit = visit.id)
    or not exists (
      select 1
      from session
      where session.visitor = visit.visitor
        and session.began <= visit.opened
        and session.ended >= visit.closed
    ))
