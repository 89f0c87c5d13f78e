-- Notes which log has a line that is this hit.
update hit set flags = :flags
where id = :id
