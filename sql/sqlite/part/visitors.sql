-- The sets of visitors of whole buckets.
select
  {rollup_key} as key,
  hit.site as site,
  hit.robot as robot,
  hit.hashes as hashes
from visitors as hit
where hit.dimension = :dimension
  and hit.bucket >= :first
  and hit.bucket < :last
  and {robots}
  and {filters}
