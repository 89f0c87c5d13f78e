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
-- Visits without a page view are included: probes seldom have one. With the limit, which is none, the marks
-- of a visit are looked for once, and not for each that there is.
select
  mark.name as mark,
  count(distinct marked.visitor) as clients,
  count(distinct case marked.robot when 0 then marked.visitor end) as people,
  sum(marked.hits) as hits,
  sum(marked.pageviews) as pageviews
from (
  select
    visit.visitor as visitor,
    visit.robot as robot,
    visit.hits as hits,
    visit.pageviews as pageviews,
    {visit_marks} as marks
  from visit
  where visit.counted >= :since >> 24
    and visit.counted < :until >> 24
    and {visit_robots}
    and {visit_filters}
  limit -1
) as marked
join mark on marked.marks & mark.id
where marked.marks <> 0
group by mark.id
