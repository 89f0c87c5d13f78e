-- Visits that lose a hit.
create temp table if not exists going_visit (id integer primary key)
