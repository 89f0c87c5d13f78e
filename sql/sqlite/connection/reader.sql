-- How much of the file a reader keeps in memory, in KiB.
pragma cache_size = -2048
