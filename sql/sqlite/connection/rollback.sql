-- Ends a transaction that failed, or that only read.
rollback
