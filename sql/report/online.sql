-- report: visitors of the last five minutes
-- order: 320
-- column: site text
-- column: online count
-- sort: online descending
-- since: 5m
-- engine: sqlite
-- Who is there: visitors with a hit in the period, whose visit has a page view by now.
select
  site.name as site,
  count(distinct visit.visitor) as online
from hit
join visit on visit.id = hit.visit
join site on site.id = hit.site
where hit.id >= :since
  and hit.id < :until
  and visit.pageviews > 0
  and {robots}
  and {filters}
group by site.id
