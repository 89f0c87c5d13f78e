-- report: missing pages (404, 410), and which pages link to them
-- order: 60
-- dimension: notfound
-- column: page text
-- column: referer text
-- column: link text
-- column: hits count
-- column: site text
-- sites: apart
-- sort: hits descending
-- engine: sqlite
-- Pages that are not there, and who links to them; own links are mended by oneself.
select
  page.name as page,
  referer.name as referer,
  case part.key & 1 when 1 then 'own' else '' end as link,
  sum(part.hits) as hits,
  site.name as site
from temp.part as part
join page on page.id = part.key >> 32
join referer on referer.id = (part.key >> 1) & 2147483647
join site on site.id = part.site
group by page.id, referer.name, part.key & 1, part.site
