-- Ends a transaction that does not go well, or that was only to read.
rollback
