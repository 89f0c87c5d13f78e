-- What the hits read so far add up to, for visits that may continue.
create temp table if not exists gathered (
  id integer primary key,
  hits integer not null,
  pageviews integer not null,
  opened integer not null,
  closed integer not null,
  assets integer not null,
  marks integer not null
)
