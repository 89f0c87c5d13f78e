-- Deletes a session that another one has absorbed.
delete from session
where id = :id
