-- All hits of the visits that lose one, and hits to be removed that have no visit.
create temp table if not exists affected_hit (id integer primary key, is_removed integer not null)
