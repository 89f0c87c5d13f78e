-- The front end that answered, '' for what was before.

create table server (id integer primary key, name text not null unique);
insert into server values (0, ''), (1, '(other)');

alter table hit add column server integer not null default 0;

-- Its rollups (24) begin as those of all hits (2), with the time that they took, as that of files (23) is.
insert into rollup
select
  24, day.bucket, day.site, day.robot, 0, day.hits, day.pageviews, day.errors, day.bytes, 0, 0,
  coalesce(took.duration, 0), 0, 0
from rollup as day
left join (
  select bucket, site, robot, sum(duration) as duration
  from rollup
  where dimension = 23
  group by bucket, site, robot
) as took on took.bucket = day.bucket and took.site = day.site and took.robot = day.robot
where day.dimension = 2
  and day.hits > 0;
