-- report: pages on which visits began
-- order: 40
-- dimension: entry
-- column: page text key
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent = bounces / visits
-- column: duration span = total_duration / (visits - bounces)
-- column: title text
-- column: site text
-- sites: apart
-- sort: visits descending
-- engine: sqlite
-- The pages on which visits began.
select
  page.name as page,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  coalesce(page_title.title, '') as title,
  site.name as site,
  sum(part.bounces) as bounces,
  sum(part.duration) as total_duration
from temp.part as part
join page on page.id = part.key
join site on site.id = part.site
left join page_title on page_title.page = part.key and page_title.site = part.site
group by page.id, site.id
