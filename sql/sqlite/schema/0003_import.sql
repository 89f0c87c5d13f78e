-- How far each access log was imported. A log is known by its bytes: by sums over its first
-- head_length bytes and over the tail_length bytes before position.
create table import (
  head blob not null,
  head_length integer not null,
  tail blob not null,
  tail_length integer not null,
  position integer not null,
  lines integer not null,
  rejected integer not null,
  first integer not null,
  last integer not null,
  name text not null,
  primary key (head, head_length)
) without rowid;
