-- Forgets the old table's numbers before they are read anew.
delete from slim_id
