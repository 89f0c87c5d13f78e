-- Sets of visitors that have to be recomputed.
create temp table if not exists touched_set (
  dimension integer not null,
  bucket integer not null,
  site integer not null,
  robot integer not null,
  key integer not null,
  primary key (dimension, bucket, site, robot, key)
) without rowid
