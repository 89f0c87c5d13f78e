-- The visitors of those sets of a dimension that are to be recomputed.
insert into temp.recount (bucket, site, robot, key, hashes)
select
  (hit.id >> 24) / :unit as bucket,
  hit.site as site,
  hit.robot as robot,
  {hit_key} as key,
  {visitors_kept} as hashes
from hit
{joins}
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and hit.pageview = 1
  and {class}
  and ((hit.id >> 24) / :unit, hit.site, hit.robot, {hit_key}) in (
    select bucket, site, robot, key
    from temp.touched_set
    where dimension = :dimension
  )
group by 1, 2, 3, 4
