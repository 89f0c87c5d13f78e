-- Deletes the old table's numbers before they are read again.
delete from slim_id
