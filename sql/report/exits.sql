-- report: pages on which visits ended
-- order: 50
-- dimension: exit
-- column: page text key
-- column: visits count
-- column: pageviews count
-- column: title text
-- column: site text
-- sites: apart
-- sort: visits descending
-- engine: sqlite
-- The pages on which visits ended.
select
  page.name as page,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  coalesce(page_title.title, '') as title,
  site.name as site
from temp.part as part
join page on page.id = part.key
join site on site.id = part.site
left join page_title on page_title.page = part.key and page_title.site = part.site
group by page.id, site.id
