-- What the hits seen so far make of visits that may go on.
create temp table if not exists gathered (
  id integer primary key,
  hits integer not null,
  pageviews integer not null,
  began integer not null,
  ended integer not null,
  entry_hit integer not null,
  exit_hit integer not null,
  assets integer not null,
  marks integer not null
)
