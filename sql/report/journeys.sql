-- report: three pages that people saw one after the other
-- order: 53
-- column: page text
-- column: second text
-- column: third text
-- column: steps count
-- column: site text
-- sites: apart
-- sort: steps descending
-- engine: sqlite
-- Two steps from a page on, as next has them; or one, after which the visit ended or people went back to a
-- page that they had seen before: a way that led nowhere.
with {steps}
select
  page.name as page,
  second.name as second,
  case way.third when 0 then '(exit)' when -1 then '(back)' else third.name end as third,
  count(*) as steps,
  site.name as site
from (
  select
    site,
    last as page,
    page as second,
    case when next is null then 0 when left_from <> page then -1 else next end as third
  from (select *, lead(last) over (partition by visit order by number) as left_from from step)
  where number > 1
    and last_fits
) as way
join page on page.id = way.page
join page as second on second.id = way.second
join page as third on third.id = max(way.third, 0)
join site on site.id = way.site
group by way.page, way.second, way.third, way.site
