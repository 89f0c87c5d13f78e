-- A copy is synced to disk before success is reported.
pragma synchronous = full
