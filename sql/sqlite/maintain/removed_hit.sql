-- Hits of a day that are to be removed.
create temp table if not exists removed_hit (id integer primary key)
