-- What happened, and explains a change of the numbers. A moment has until = at; of what happens often
-- there is one note a day, with times. A site is named, not referred to: a note may be there before its hits.

create table note (
  id integer primary key,
  kind text not null,
  at integer not null,
  until integer not null,
  site text not null,
  text text not null,
  times integer not null,
  hits integer not null
);
create unique index note_of on note (kind, at, site, text);
create index note_by_time on note (at);
