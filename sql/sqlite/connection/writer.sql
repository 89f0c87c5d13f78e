-- The writer's settings: a write-ahead log that readers do not wait for, merged only by checkpoints of ours;
-- what is deleted is overwritten.
pragma journal_mode = wal;
pragma synchronous = normal;
pragma wal_autocheckpoint = 0;
pragma journal_size_limit = 8388608;
pragma cache_size = -6144;
pragma secure_delete = on
