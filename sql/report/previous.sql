-- report: where people came to a page from
-- order: 54
-- column: page text
-- column: previous text
-- column: steps count
-- column: site text
-- sites: apart
-- sort: steps descending
-- engine: sqlite
-- The page that was seen before, or that the visit began: the steps of report next, from the other side.
with {steps}
select
  page.name as page,
  case step.last when 0 then '(entry)' else last.name end as previous,
  count(*) as steps,
  site.name as site
from step
join page on page.id = step.page
join page as last on last.id = step.last
join site on site.id = step.site
where step.fits
group by step.page, step.last, step.site
