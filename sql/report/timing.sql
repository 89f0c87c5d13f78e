-- report: how long the server took for all page views
-- order: 355
-- column: pageviews count
-- column: p50_us micros
-- column: p90_us micros
-- column: p95_us micros
-- column: p99_us micros
-- column: slowest_us micros
-- sort: pageviews descending
-- engine: sqlite
-- One row: half of the answers were faster than the first figure. Page views of logs that do not say it, 0, are
-- left out.
select
  count(*) as pageviews,
  coalesce(quantile(hit.duration_us, 500), 0) as p50_us,
  coalesce(quantile(hit.duration_us, 900), 0) as p90_us,
  coalesce(quantile(hit.duration_us, 950), 0) as p95_us,
  coalesce(quantile(hit.duration_us, 990), 0) as p99_us,
  coalesce(max(hit.duration_us), 0) as slowest_us
from hit
where hit.id >= :since
  and hit.id < :until
  and hit.pageview = 1
  and hit.duration_us > 0
  and {robots}
  and {filters}
