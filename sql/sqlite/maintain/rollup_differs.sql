-- The keys of a dimension whose rollups are not the sums of their rows, and by how much.
select
  bucket,
  coalesce((select name from site where id = differing.site), site) as site,
  coalesce((select name from robot where id = differing.robot), robot) as robot,
  key,
  sum(hits) as hits,
  sum(pageviews) as pageviews,
  sum(errors) as errors,
  sum(bytes) as bytes,
  sum(visits) as visits,
  sum(bounces) as bounces,
  sum(duration) as duration,
  sum(fresh) as fresh,
  sum(unshown) as unshown
from (
  select bucket, site, robot, key, hits, pageviews, errors, bytes, visits, bounces, duration, fresh,
    unshown
  from rollup
  where dimension = :dimension
    and bucket >= :first
    and bucket < :last
  union all
  select bucket, site, robot, key, -hits, -pageviews, -errors, -bytes, -visits, -bounces, -duration,
    -fresh, -unshown
  from temp.recount
) as differing
group by differing.bucket, differing.site, differing.robot, differing.key
having sum(hits) <> 0
  or sum(pageviews) <> 0
  or sum(errors) <> 0
  or sum(bytes) <> 0
  or sum(visits) <> 0
  or sum(bounces) <> 0
  or sum(duration) <> 0
  or sum(fresh) <> 0
  or sum(unshown) <> 0
