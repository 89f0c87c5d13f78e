-- Deletes some of the visits that ended before a time, oldest first.
delete from visit
where id in (
  select id
  from visit
  where counted < :before and closed < :before
  order by counted
  limit :rows
)
