-- What a dimension's keys add up to, gathered from rows and from rollups.
create temp table part (
  key integer not null,
  robot integer not null,
  hits integer not null default 0,
  pageviews integer not null default 0,
  errors integer not null default 0,
  bytes integer not null default 0,
  visits integer not null default 0,
  bounces integer not null default 0,
  duration integer not null default 0,
  fresh integer not null default 0,
  visitors blob
)
