-- report: what the same visitors were sent again unchanged within a day, which a Cache-Control would save
-- order: 84
-- column: page text
-- column: kind text
-- column: hits count
-- column: bytes bytes
-- column: visitors number
-- column: site text
-- sites: apart
-- sort: bytes descending
-- engine: sqlite
-- Answers of 200 to a visitor who had the same address answered with 200 and as many bytes less than 24 hours before,
-- within the period. Who has it in a cache and asks whether it changed gets 304, and is none of them.
select
  page.name as page,
  kind.name as kind,
  count(*) as hits,
  sum(answered.bytes) as bytes,
  count(distinct answered.visitor) as visitors,
  site.name as site
from (
  select
    hit.id as id,
    hit.site as site,
    hit.resource as resource,
    hit.kind as kind,
    hit.bytes as bytes,
    visit.visitor as visitor,
    lag(hit.id) over same as id_before,
    lag(hit.bytes) over same as bytes_before
  from hit
  join visit on visit.id = hit.visit
  where hit.id >= :since
    and hit.id < :until
    and hit.status = 200
    and hit.kind in (1, 2, 3, 4)
    and hit.method in (select id from method where name = 'GET')
    and {robots}
    and {filters}
  window same as (partition by hit.site, visit.visitor, hit.resource order by hit.id)
) as answered
join resource on resource.id = answered.resource
join page on page.id = resource.page
join kind on kind.id = answered.kind
join site on site.id = answered.site
where answered.bytes = answered.bytes_before
  and answered.id - answered.id_before < 86400 << 24
group by page.id, kind.id, site.id
