-- Texts that nothing may refer to any more.
create temp table if not exists loose (
  kind text not null,
  id integer not null,
  primary key (kind, id)
) without rowid
