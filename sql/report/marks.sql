-- report: signs that a client is not what its User-Agent claims
-- order: 260
-- column: mark text
-- column: clients number
-- column: people number
-- column: hits number
-- column: pageviews number
-- sort: clients descending
-- robots: on
-- engine: sqlite
-- Visits without a page view are included: probes seldom have one.
select
  mark.name as mark,
  count(distinct visit.visitor) as clients,
  count(distinct case visit.robot when 0 then visit.visitor end) as people,
  sum(visit.hits) as hits,
  sum(visit.pageviews) as pageviews
from visit
join mark on visit.marks & mark.id
where visit.counted >= :since >> 24
  and visit.counted < :until >> 24
  and visit.marks <> 0
  and {visit_robots}
  and {visit_filters}
group by mark.id
