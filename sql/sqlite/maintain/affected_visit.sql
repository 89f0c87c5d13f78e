-- Visits that lose a hit.
create temp table if not exists affected_visit (id integer primary key)
