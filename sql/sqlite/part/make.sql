-- The totals of a dimension's keys, gathered from rows and from rollups. site is 0 where sites are not
-- apart.
create temp table part (
  key integer not null,
  site integer not null,
  robot integer not null,
  hits integer not null,
  pageviews integer not null,
  errors integer not null,
  bytes integer not null,
  visits integer not null,
  bounces integer not null,
  duration integer not null,
  fresh integer not null,
  unshown integer not null,
  visitors blob,
  primary key (key, site, robot)
) without rowid
