-- Visits whose first hit is not theirs: each has its number from the hit that opened it.
select id
from visit
where id >= :rows_from << 24
  and began >= :rows_from
  and not exists (
    select 1
    from hit
    where hit.id = visit.id
      and hit.visit = visit.id
  )
