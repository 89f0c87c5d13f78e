-- A copy is a single file, without a write-ahead log.
pragma journal_mode = delete
