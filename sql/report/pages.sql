-- report: pages by page views
-- order: 30
-- dimension: page
-- column: page text key
-- column: visitors number
-- column: pageviews count
-- column: unshown count rare
-- column: bytes bytes
-- column: title text
-- column: site text
-- sites: apart
-- course: rows
-- sort: pageviews descending
-- engine: sqlite
-- What people read, and what was fetched ahead and never shown. Visitors of many pages are counted for those that are shown alone.
select
  page.name as page,
  visitors_in(part.visitors) as visitors,
  sum(part.pageviews) as pageviews,
  sum(part.unshown) as unshown,
  sum(part.bytes) as bytes,
  coalesce(page_title.title, '') as title,
  site.name as site,
  part.key as key,
  part.site as site_key
from temp.part as part
join page on page.id = part.key
join site on site.id = part.site
left join page_title on page_title.page = part.key and page_title.site = part.site
group by part.key, part.site
