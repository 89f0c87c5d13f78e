-- How the one who writes uses the file: a log that readers do not wait for, merged when we say so.
pragma journal_mode = wal;
pragma synchronous = normal;
pragma wal_autocheckpoint = 0;
pragma journal_size_limit = 8388608;
pragma cache_size = -8192
