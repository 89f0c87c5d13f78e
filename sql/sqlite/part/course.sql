-- The measures of whole days of a few keys, looked up one by one: see visitors_shown.sql.
with recursive bucket (number) as (
  select min(rollup.bucket)
  from rollup
  where rollup.dimension = :dimension
    and rollup.bucket >= :first
    and rollup.bucket < :last
  union all
  select (
    select min(rollup.bucket)
    from rollup
    where rollup.dimension = :dimension
      and rollup.bucket > bucket.number
      and rollup.bucket < :last
  )
  from bucket
  where bucket.number is not null
)
select
  {rollup_key} as key,
  hit.site as site,
  hit.robot as robot,
  hit.hits as hits,
  hit.pageviews as pageviews,
  hit.errors as errors,
  hit.bytes as bytes,
  hit.visits as visits,
  hit.bounces as bounces,
  hit.duration as duration,
  hit.fresh as fresh,
  hit.unshown as unshown
from temp.shown
cross join bucket
cross join robot
cross join rollup as hit
  on hit.dimension = :dimension
  and hit.bucket = bucket.number
  and hit.site = shown.site_key
  and hit.robot = robot.id
  and hit.key = shown.key
where {shown_robots}
  and {robots}
  and {filters}
