-- Whether a session has more than so many hits between two times.
select exists (
  select 1
  from hit
  where hit.id >= :from << 24
    and hit.id < :until << 24
    and hit.visit in (
      select visit.id
      from visit
      where visit.visitor = :visitor
        and visit.began between :began and :ended
    )
  limit 1 offset :most
)
