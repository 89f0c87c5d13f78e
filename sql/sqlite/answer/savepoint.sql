-- The temporary tables of an answer go with it.
savepoint answer
