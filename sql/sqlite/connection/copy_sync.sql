-- A copy is on disk when it is said to be.
pragma synchronous = full
