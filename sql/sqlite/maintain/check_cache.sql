-- How much of the file a check keeps in memory, in KiB: it looks up visits and texts from all over it.
pragma cache_size = -32768
