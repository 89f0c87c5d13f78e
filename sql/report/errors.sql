-- report: responses with a status of 400 or above
-- order: 70
-- dimension: error
-- column: page text key
-- column: status number key
-- column: hits count
-- column: bytes bytes
-- column: site text
-- sites: apart
-- sort: hits descending
-- engine: sqlite
-- Answers with a status of 400 and above.
select
  page.name as page,
  part.key & 1023 as status,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  site.name as site
from temp.part as part
join page on page.id = part.key >> 10
join site on site.id = part.site
group by part.key, part.site
