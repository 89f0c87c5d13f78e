-- The day of a hit, before what else its key is made of.
((hit.id >> 24) / 86400) << 31
