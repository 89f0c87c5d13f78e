-- report: downloaded files
-- order: 80
-- dimension: download
-- column: page text
-- column: hits count
-- column: bytes bytes
-- column: site text
-- sites: apart
-- sort: hits descending
-- engine: sqlite
-- What people took home.
select
  page.name as page,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  site.name as site
from temp.part as part
join page on page.id = part.key
join site on site.id = part.site
group by page.id, site.id
