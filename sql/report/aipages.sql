-- report: pages that AI reads, and pages that people land on from assistants
-- order: 258
-- column: page text key
-- column: reads count
-- column: landings count
-- column: site text
-- sites: apart
-- sort: reads descending
-- robots: always
-- engine: sqlite
-- Read by robots of class ai; landed on by visits whose source is an assistant.
select
  page.name as page,
  sum(each.reads) as reads,
  sum(each.landings) as landings,
  site.name as site
from (
  select
    resource.page as page,
    hit.site as site,
    count(*) as reads,
    0 as landings
  from hit
  join resource on resource.id = hit.resource
  where hit.id >= :since
    and hit.id < :until
    and hit.robot = 2
    and hit.pageview = 1
    and {filters}
  group by resource.page, hit.site
  union all
  select
    visit.entry,
    visit.site,
    0,
    count(*)
  from visit
  join source on source.id = visit.source
  where visit.counted >= :since >> 24
    and visit.counted < :until >> 24
    and visit.pageviews > 0
    and visit.robot = 0
    and source.channel = 5
    and {visit_filters}
  group by visit.entry, visit.site
) as each
join page on page.id = each.page
join site on site.id = each.site
group by each.page, each.site
