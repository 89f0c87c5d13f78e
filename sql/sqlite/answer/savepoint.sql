-- The temporary tables of an answer are dropped by a rollback to here.
savepoint answer
