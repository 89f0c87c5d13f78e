-- Hits of the keys that are shown.
{hit_key} in (select key from temp.shown)
