-- Visits that have no hit, and those outside of any session.
select visit.id
from visit
where visit.opened >= :rows_from
  and (visit.id not in (select hit.visit from hit where hit.visit <> 0)
    or not exists (
      select 1
      from session
      where session.visitor = visit.visitor
        and visit.opened >= session.began
        and visit.closed <= session.ended
    ))
