-- Makes a hit a leak, or none.
update hit
set marks = (marks & ~2048) | (2048 * :is_leak)
where id = :id
