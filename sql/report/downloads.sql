-- report: downloaded files
-- order: 80
-- dimension: download
-- column: page text
-- column: hits count
-- column: bytes bytes
-- sort: hits descending
-- engine: sqlite
-- What people took home.
select
  page.name as page,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes
from temp.part as part
join page on page.id = part.key
group by page.id
