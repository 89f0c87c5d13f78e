-- Hits of the keys that are shown, where the key has the day before it.
({hit_key}) & 2147483647 in (select key from temp.shown)
