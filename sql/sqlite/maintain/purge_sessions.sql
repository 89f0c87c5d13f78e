-- Deletes the sessions that ended before a time: one's number is that of a hit of it.
delete from session
where id < :before << 24
  and ended < :before
