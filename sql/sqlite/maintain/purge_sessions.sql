-- Deletes the sessions that ended before a time.
delete from session
where ended < :before
