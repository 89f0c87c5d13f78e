-- Forgets an answer's temporary tables.
rollback to answer
