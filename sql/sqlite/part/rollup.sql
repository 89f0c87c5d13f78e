-- Takes the measures of whole buckets; the rollup is called hit, since it is asked for site and robot as
-- hits are. A key that visits have moved away from is left with zeros.
insert into temp.part (
  key, robot, hits, pageviews, errors, bytes, visits, bounces, duration, fresh
)
select
  {rollup_key} as key,
  hit.robot as robot,
  sum(hit.hits) as hits,
  sum(hit.pageviews) as pageviews,
  sum(hit.errors) as errors,
  sum(hit.bytes) as bytes,
  sum(hit.visits) as visits,
  sum(hit.bounces) as bounces,
  sum(hit.duration) as duration,
  sum(hit.fresh) as fresh
from rollup as hit
where hit.dimension = :dimension
  and hit.bucket >= :first
  and hit.bucket < :last
  and {robots}
  and {filters}
group by 1, 2
having sum(hit.hits) <> 0
  or sum(hit.visits) <> 0
