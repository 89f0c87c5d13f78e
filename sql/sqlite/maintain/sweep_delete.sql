-- Deletes an entry of a dictionary.
delete from {table}
where id = :id
