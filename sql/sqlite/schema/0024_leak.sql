-- Hits that were answered what no stranger should get (mark 2048) are few among many.
create index hit_leak on hit (id) where marks & 2048;
