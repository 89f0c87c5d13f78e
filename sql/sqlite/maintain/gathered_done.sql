-- Deletes the visits that were checked.
delete from temp.gathered
where not exists (
  select 1
  from visit
  where visit.id = gathered.id
    and visit.closed >= :second
)
