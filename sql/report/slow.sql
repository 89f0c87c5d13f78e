-- report: how long the server takes for its pages
-- order: 350
-- column: page text
-- column: pageviews count
-- column: p50_us micros
-- column: p90_us micros
-- column: p99_us micros
-- column: slowest_us micros
-- column: site text
-- sites: apart
-- sort: p90_us descending
-- engine: sqlite
-- How long pages take to be served: half of the answers are faster than the first figure. Page
-- views of logs that do not say it, 0, are left out.
select
  page.name as page,
  served.pageviews as pageviews,
  served.p50_us as p50_us,
  served.p90_us as p90_us,
  served.p99_us as p99_us,
  served.slowest_us as slowest_us,
  site.name as site
from (
  select
    resource.page as page,
    hit.site as site,
    count(*) as pageviews,
    quantile(hit.duration_us, 500) as p50_us,
    quantile(hit.duration_us, 900) as p90_us,
    quantile(hit.duration_us, 990) as p99_us,
    max(hit.duration_us) as slowest_us
  from hit
  join resource on resource.id = hit.resource
  where hit.id >= :since
    and hit.id < :until
    and hit.pageview = 1
    and hit.duration_us > 0
    and {robots}
    and {filters}
  group by resource.page, hit.site
) as served
join page on page.id = served.page
join site on site.id = served.site
