-- Deletes some of the visits that ended before a time, oldest first.
delete from visit
where id in (
  select id
  from visit
  where id < :before << 24
    and ended < :before
  order by id
  limit :rows
)
