-- The keys of the rows that are shown.
create temp table shown (
  key integer not null,
  site_key integer not null,
  primary key (key, site_key)
) without rowid
