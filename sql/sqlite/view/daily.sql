-- Days of UTC, of people; from the rollups, which stay when hits go. Dimension 2 is that of all hits.
drop view if exists daily;
create view daily as
select
  site.name as site,
  date(day.bucket * 86400, 'unixepoch') as day,
  day.hits as hits,
  day.pageviews as pageviews,
  day.visits as visits,
  day.bounces as bounces,
  day.bytes as bytes,
  day.errors as errors,
  coalesce((day.bounces * 2000 + day.visits) / nullif(day.visits * 2, 0), 0) / 10.0 as bounce_rate,
  coalesce(
    (day.duration * 2 + day.visits - day.bounces) / nullif((day.visits - day.bounces) * 2, 0), 0) as duration,
  coalesce((day.duration * 2 + day.visits) / nullif(day.visits * 2, 0), 0) as duration_all,
  coalesce((day.pageviews * 200 + day.visits) / nullif(day.visits * 2, 0), 0) / 100.0 as pages_per_visit,
  day.unshown as unshown
from (
  select
    rollup.site as site,
    rollup.bucket as bucket,
    sum(rollup.hits) as hits,
    sum(rollup.pageviews) as pageviews,
    sum(rollup.visits) as visits,
    sum(rollup.bounces) as bounces,
    sum(rollup.bytes) as bytes,
    sum(rollup.errors) as errors,
    sum(rollup.duration) as duration,
    sum(rollup.unshown) as unshown
  from rollup
  where rollup.dimension = 2
    and rollup.robot = 0
  group by rollup.site, rollup.bucket
) as day
join site on site.id = day.site;
