-- The totals of the rows of some buckets, in the form of a dimension's rollups.
create temp table if not exists recount (
  bucket integer not null,
  site integer not null,
  robot integer not null,
  key integer not null,
  hits integer not null default 0,
  pageviews integer not null default 0,
  errors integer not null default 0,
  bytes integer not null default 0,
  visits integer not null default 0,
  bounces integer not null default 0,
  duration integer not null default 0,
  fresh integer not null default 0,
  unshown integer not null default 0,
  hashes blob
)
