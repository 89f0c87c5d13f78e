-- The sets of visitors of a few keys, looked up one by one.
with recursive bucket (number) as (
  select :first
  union all
  select number + 1
  from bucket
  where number + 1 < :last
)
select
  hit.key as key,
  hit.site as site,
  hit.robot as robot,
  hit.hashes as hashes
from temp.shown
cross join bucket
cross join robot
join visitors as hit
  on hit.dimension = :dimension
  and hit.bucket = bucket.number
  and hit.site = shown.site_key
  and hit.robot = robot.id
  and hit.key = shown.key
where {shown_robots}
  and {robots}
  and {filters}
