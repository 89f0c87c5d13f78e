-- A new store has a log, as the writer wants it.
pragma journal_mode = wal
