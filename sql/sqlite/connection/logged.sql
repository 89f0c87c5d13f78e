-- A new store uses a write-ahead log.
pragma journal_mode = wal
