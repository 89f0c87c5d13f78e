-- report: front ends, where several share one store
-- order: 285
-- dimension: server
-- column: server text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- column: errors count
-- column: time_us took
-- sort: hits descending
-- engine: sqlite
-- Who answered; without a name what was stored before servers had one.
select
  server.name as server,
  sum(part.hits) as hits,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors,
  sum(part.duration) as time_us
from temp.part as part
join server on server.id = part.key
group by server.id
