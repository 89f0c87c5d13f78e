-- The sets of a dimension that page views which go were counted in, as far as all rows are there.
insert or ignore into temp.touched_set (dimension, bucket, site, robot, key)
select
  :dimension,
  (hit.id >> 24) / :unit,
  hit.site,
  hit.robot,
  {hit_key}
from temp.member
join hit on hit.id = member.id
{joins}
where member.goes
  and hit.id >= :since
  and hit.pageview = 1
  and {class}
