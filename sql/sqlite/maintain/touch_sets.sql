-- The sets of a dimension in which removed page views were counted, as far as all rows are there.
insert or ignore into temp.touched_set (dimension, bucket, site, robot, key)
select
  :dimension,
  (hit.id >> 24) / :unit,
  hit.site,
  hit.robot,
  {hit_key}
from temp.affected_hit
cross join hit on hit.id = affected_hit.id
{joins}
where affected_hit.is_removed
  and hit.id >= :since
  and hit.pageview = 1
  and {class}
