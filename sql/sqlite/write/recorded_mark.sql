-- Notes which log has a line that is this hit: its number is in the upper bits.
update hit set flags = (flags & 4294967295) | (:log << 32)
where id = :id
