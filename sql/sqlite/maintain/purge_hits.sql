-- Deletes some of the hits before a time, oldest first.
delete from hit
where id in (
  select id
  from hit
  where id < :before << 24
  order by id
  limit :rows
)
