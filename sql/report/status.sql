-- report: status codes of responses
-- order: 290
-- dimension: status
-- column: status number key
-- column: hits count
-- column: bytes bytes
-- sort: hits descending
-- engine: sqlite
-- How requests were answered.
select
  part.key as status,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes
from temp.part as part
group by part.key
