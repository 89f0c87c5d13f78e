-- Takes the visitors of whole buckets.
insert into temp.part (key, robot, visitors)
select
  {rollup_key} as key,
  hit.robot as robot,
  visitors_union(hit.hashes) as visitors
from visitors as hit
where hit.dimension = :dimension
  and hit.bucket >= :first
  and hit.bucket < :last
  and {robots}
  and {filters}
group by 1, 2
