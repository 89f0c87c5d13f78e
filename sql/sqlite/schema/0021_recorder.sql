-- Recorders that write to this store, by the journals that they load: whose they are, and how they were
-- when they were heard of last (seconds). waiting: hits in the journal then.
create table if not exists recorder (
  uuid blob not null primary key,
  server text not null,
  state text not null,
  heard integer not null,
  waiting integer not null
) without rowid;
