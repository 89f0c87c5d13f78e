-- Ends a transaction that succeeded.
commit
