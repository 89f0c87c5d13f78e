-- Ends a transaction that goes well.
commit
