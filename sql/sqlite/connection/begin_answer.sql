-- What an answer makes goes with it.
savepoint answer
