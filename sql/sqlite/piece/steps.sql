-- Tables of what people saw in visits that are counted in the period. viewed: each page view; step: those of
-- another page than the one before, in their order, with that page, which is 0 for the first; where the
-- referer is a page that was seen earlier in the visit, people went back to it, and it is the one before.
-- fits, last_fits: whether the page view, or the one before, is one that is asked for.
viewed as (
  select
    visit.id as visit,
    visit.site as site,
    resource.page as page,
    case resource.address_page when 0 then resource.page else resource.address_page end as address,
    case when hit.flags >> 17 & 1 then referer.page else 0 end as came_from,
    hit.id + ((max(hit.shown, 1) - 1) << 24) as at,
    coalesce({filters}, 0) as fits
  from visit
  cross join hit on hit.visit = visit.id
  cross join resource on resource.id = hit.resource
  cross join referer on referer.id = hit.referer
  where visit.counted >= :since >> 24
    and visit.counted < :until >> 24
    and visit.pageviews > 0
    and {visit_filters}
    and hit.pageview = 1
    and {robots}
),
numbered as (
  select
    *,
    row_number() over in_order as number,
    lag(page, 1, 0) over in_order as last,
    lag(fits) over in_order as last_fits,
    lead(page) over in_order as next
  from (
    select *, lag(page) over (partition by visit order by at) as loaded
    from viewed
  )
  where loaded is not page
  window in_order as (partition by visit order by at)
),
named as (
  -- Where a page was seen, and where a referer names one: of the same address, in order. first: where it was
  -- seen first by then, which page it is, and whether it fits, in one number.
  select
    *,
    min(case is_referer when 0 then number << 42 | page << 1 | fits end) over (
      partition by visit, address
      order by number
    ) as first
  from (
    select visit, site, number, page, fits, last, last_fits, next, address, 0 as is_referer
    from numbered
    union all
    select visit, site, number, page, fits, last, last_fits, next, came_from, 1
    from numbered
  )
),
step as (
  select
    visit,
    site,
    number,
    page,
    fits,
    next,
    case when went_back then first_page else last end as last,
    case when went_back then first & 1 else last_fits end as last_fits
  from (
    select *, first_page <> page and first >> 42 < number as went_back
    from (select *, first >> 1 & (1 << 41) - 1 as first_page from named)
    where is_referer
  )
)
