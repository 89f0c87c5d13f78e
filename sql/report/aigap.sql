-- report: pages that people read, and no AI did in the period and 30 days
-- order: 259
-- dimension: page
-- column: page text key
-- column: pageviews count
-- column: visitors number
-- column: title text
-- column: site text
-- sites: apart
-- sort: pageviews descending
-- engine: sqlite
-- The 30 days end where the period does, if it is shorter; of days without hits nothing is known.
select
  page.name as page,
  sum(part.pageviews) as pageviews,
  visitors_in(part.visitors) as visitors,
  coalesce(page_title.title, '') as title,
  site.name as site,
  part.key as key,
  part.site as site_key
from temp.part as part
join page on page.id = part.key
join site on site.id = part.site
left join page_title on page_title.page = part.key and page_title.site = part.site
where (part.key, part.site) not in (
  select resource.page, hit.site
  from hit
  join resource on resource.id = hit.resource
  where hit.id >= min(:since, :until - (2592000 << 24))
    and hit.id < :until
    and hit.robot = 2
    and hit.pageview = 1
)
group by part.key, part.site
