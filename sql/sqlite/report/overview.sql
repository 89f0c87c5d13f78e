-- The figures of a period; robots are counted apart unless asked for.
select
  count(*) filter (where {robots}) as hits,
  coalesce(sum(hit.pageview) filter (where {robots}), 0) as pageviews,
  count(distinct hit.address) filter (where {robots}) as addresses,
  coalesce(sum(hit.bytes) filter (where {robots}), 0) as bytes,
  count(*) filter (where {robots} and hit.status >= 400) as errors,
  count(*) filter (where hit.robot <> 0) as robots
from hit
where hit.id >= :since
  and hit.id < :until
  and {filters}
