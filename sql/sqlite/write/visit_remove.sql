-- Deletes a visit that another one has absorbed.
delete from visit
where id = :id
