-- Whose an agent's robot is, and what for: of its name, as the lists say now. It is no part of what agents
-- are known by, so that it is changed where it stands when lists change. 0: not known.

create table purpose (id integer primary key, name text not null unique);
insert into purpose values
  (0, 'other'), (1, 'train'), (2, 'index'), (3, 'fetch'), (4, 'search'), (5, 'feed'), (6, 'preview'),
  (7, 'monitor'), (8, 'archive'), (9, 'seo'), (10, 'tool');

create table operator (
  id integer primary key,
  name text not null,
  purpose integer not null references purpose
);
insert into operator values (0, '', 0), (1, '(other)', 0);
create unique index operator_of_names on operator (name, purpose);

alter table agent add column operator integer not null default 0;

-- Robots by the hour (dimension 25), and the time that they took, as that of files (23) is: of the hits
-- that are there.
insert into rollup
select
  25,
  (hit.id >> 24) / 3600,
  hit.site,
  hit.robot,
  hit.robot << 40 | hit.agent,
  count(*),
  sum(hit.pageview),
  sum(hit.status >= 400),
  sum(hit.bytes),
  0,
  0,
  sum(min(hit.duration_us, 17592186044416)),
  0,
  0
from hit
where hit.robot <> 0
  and hit.id >= (
    select coalesce(max(cast(value as integer)), 0) / 86400 * 86400 << 24
    from store
    where key = 'rows_from'
  )
group by 2, 3, 4, 5;

-- And by the day (15).
insert or replace into rollup
select
  day.dimension, day.bucket, day.site, day.robot, day.key, day.hits, day.pageviews, day.errors, day.bytes,
  day.visits, day.bounces, took.duration, day.fresh, day.unshown
from (
  select bucket / 24 as bucket, site, robot, key, sum(duration) as duration
  from rollup
  where dimension = 25
  group by bucket / 24, site, robot, key
) as took
join rollup as day
  on day.dimension = 15
  and day.bucket = took.bucket
  and day.site = took.site
  and day.robot = took.robot
  and day.key = took.key;
