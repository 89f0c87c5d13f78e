-- Prefetches that were never shown: of days, of hours and of pages, whose hits they are not among. The
-- sums by kind (dimension 10) and by page and kind (23) know them, also of days whose hits are gone; how
-- they lay within such a day, by the hour (1), nobody knows.

alter table rollup add column unshown integer not null default 0;

update rollup set unshown = kinds.hits - kinds.pageviews
from rollup as kinds
where rollup.dimension = 2
  and kinds.dimension = 10
  and kinds.bucket = rollup.bucket
  and kinds.site = rollup.site
  and kinds.robot = rollup.robot
  and kinds.key = 6;

update rollup set unshown = hours.unshown
from (
  select (hit.id >> 24) / 3600 as bucket, hit.site as site, hit.robot as robot, count(*) as unshown
  from hit
  where hit.kind = 6
    and hit.pageview = 0
  group by 1, 2, 3
) as hours
where rollup.dimension = 1
  and rollup.bucket = hours.bucket
  and rollup.site = hours.site
  and rollup.robot = hours.robot;

insert into rollup
select
  3, files.bucket, files.site, files.robot, files.key & 1099511627775, 0, 0, 0, 0, 0, 0, 0, 0,
  files.hits - files.pageviews
from rollup as files
where files.dimension = 23
  and files.key >> 40 = 6
  and files.hits > files.pageviews
on conflict (dimension, bucket, site, robot, key) do update set unshown = excluded.unshown;
