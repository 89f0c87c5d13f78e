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
-- What the clients of a period did beside what they call themselves; visits without a page view,
-- which only probes may have, are looked at too.
select
  mark.name as mark,
  count(distinct visit.visitor) as clients,
  count(distinct case visit.robot when 0 then visit.visitor end) as people,
  sum(visit.hits) as hits,
  sum(visit.pageviews) as pageviews
from visit
join mark on visit.marks & mark.id
where visit.id >= :since
  and visit.id < :until + (86400 << 24)
  and visit.began >= :since >> 24
  and visit.began < :until >> 24
  and visit.marks <> 0
  and {visit_robots}
  and {visit_filters}
group by mark.id
