-- report: everything that was requested, of any kind
-- order: 85
-- dimension: file
-- column: page text
-- column: kind text
-- column: hits count
-- column: bytes bytes
-- column: errors count
-- column: time_us took
-- column: site text
-- sites: apart
-- sort: hits descending
-- engine: sqlite
-- Every hit is in a row of it: pages, pictures, feeds, downloads, and what is none of these.
select
  page.name as page,
  kind.name as kind,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors,
  sum(part.duration) as time_us,
  site.name as site
from temp.part as part
join page on page.id = part.key & 1099511627775
join kind on kind.id = part.key >> 40
join site on site.id = part.site
group by part.key, part.site
