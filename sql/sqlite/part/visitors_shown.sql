-- The sets of visitors of a few keys, looked up one by one.
-- Buckets without any visitor are jumped over; the joins are in the order in which the index has its
-- columns, which the planner would leave for a scan of all sets of all time.
with recursive bucket (number) as (
  select min(visitors.bucket)
  from visitors
  where visitors.dimension = :dimension
    and visitors.bucket >= :first
    and visitors.bucket < :last
  union all
  select (
    select min(visitors.bucket)
    from visitors
    where visitors.dimension = :dimension
      and visitors.bucket > bucket.number
      and visitors.bucket < :last
  )
  from bucket
  where bucket.number is not null
)
select
  hit.key as key,
  hit.site as site,
  hit.robot as robot,
  hit.hashes as hashes
from temp.shown
cross join bucket
cross join robot
cross join visitors as hit
  on hit.dimension = :dimension
  and hit.bucket = bucket.number
  and hit.site = shown.site_key
  and hit.robot = robot.id
  and hit.key = shown.key
where {shown_robots}
  and {robots}
  and {filters}
