-- The measures of whole buckets; the rollup is called hit, since its site and robot are filtered as
-- hits are.
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
from rollup as hit
where hit.dimension = :dimension
  and hit.bucket >= :first
  and hit.bucket < :last
  and {robots}
  and {filters}
