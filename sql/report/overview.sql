-- report: visits, visitors, page views, bounces, hits and errors of a period
-- order: 10
-- dimension: all
-- column: visits count
-- column: visitors number
-- column: new_visitors count
-- column: pageviews count
-- column: unshown count rare
-- column: pages_per_visit decimal = pageviews / visits
-- column: bounce_rate percent = bounces / visits
-- column: duration span = total_duration / (visits - bounces)
-- column: duration_all span = total_duration / visits
-- column: hits count
-- column: bytes bytes
-- column: errors count
-- column: robots count
-- sort: hits descending
-- robots: always
-- engine: sqlite
-- The figures of a period; robots are only counted separately unless they are included.
select
  coalesce(sum(hit.visits) filter (where {robots}), 0) as visits,
  visitors_in(hit.visitors) filter (where {robots}) as visitors,
  coalesce(sum(hit.fresh) filter (where {robots}), 0) as new_visitors,
  coalesce(sum(hit.pageviews) filter (where {robots}), 0) as pageviews,
  coalesce(sum(hit.unshown) filter (where {robots}), 0) as unshown,
  coalesce(sum(hit.hits) filter (where {robots}), 0) as hits,
  coalesce(sum(hit.bytes) filter (where {robots}), 0) as bytes,
  coalesce(sum(hit.errors) filter (where {robots}), 0) as errors,
  coalesce(sum(hit.hits) filter (where hit.robot <> 0), 0) as robots,
  coalesce(sum(hit.bounces) filter (where {robots}), 0) as bounces,
  coalesce(sum(hit.duration) filter (where {robots}), 0) as total_duration
from temp.part as hit
