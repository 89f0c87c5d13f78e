-- report: where people went on from a page
-- order: 52
-- column: page text
-- column: next text
-- column: steps count
-- column: site text
-- sites: apart
-- sort: steps descending
-- engine: sqlite
-- The page that was seen next, or that the visit ended. Who went back to a page that the browser still had,
-- and from there to another one, is known by the referer: the step is from that page.
with {steps}
select
  page.name as page,
  case led.next when 0 then '(exit)' else next.name end as next,
  count(*) as steps,
  site.name as site
from (
  select site, last as page, page as next, last_fits as fits
  from step
  where number > 1
  union all
  select site, page, 0, fits
  from step
  where next is null
) as led
join page on page.id = led.page
join page as next on next.id = led.next
join site on site.id = led.site
where led.fits
group by led.page, led.next, led.site
