-- Of pages that an application named, or a rule that no address tells, what their addresses are as
-- referers. It is part of the dictionary's key, as the page is. 0: the page itself, and of all that
-- came before.

create temp table resource_before as
select id, name, page from resource;

drop table resource;
create table resource (
  id integer primary key,
  name text not null,
  page integer not null references page,
  address_page integer not null default 0 references page
);
insert into resource (id, name, page)
select id, name, page
from temp.resource_before;
drop table temp.resource_before;

create unique index resource_of_names on resource (name, page, address_page);

-- The page of a referer is part of the key for the same reason: it is by the rules of its time, as the
-- page of a resource is.
create temp table referer_before as
select id, name, domain, page from referer;

drop table referer;
create table referer (
  id integer primary key,
  name text not null,
  domain integer not null references domain,
  page integer not null references page
);
insert into referer (id, name, domain, page)
select id, name, domain, page
from temp.referer_before;
drop table temp.referer_before;

create unique index referer_of_names on referer (name, page);

-- POSTs that are no acts, and what else was to be a page and is no page view: few among many hits.
create index hit_posted on hit (visit) where kind = 1 and pageview = 0 and status between 200 and 299;

insert into mark values (1024, 'posts');

-- Those that count: with a page view. The mark posts is as in reports: of POSTs that are no acts, three or
-- more of a visitor on a day without a page view by GET.
drop view visits;
create view visits as
select
  visit.id as visit,
  strftime('%Y-%m-%dT%H:%M:%SZ', visit.began, 'unixepoch') as began,
  strftime('%Y-%m-%dT%H:%M:%SZ', visit.ended, 'unixepoch') as ended,
  site.name as site,
  printf('%016x', visit.visitor) as visitor,
  entry.name as entry,
  exit.name as exit,
  visit.pageviews as pageviews,
  visit.hits as hits,
  case when visit.pageviews > 1 then visit.ended - visit.began else 0 end as duration,
  visit.pageviews = 1 as bounce,
  visit.fresh as new_visitor,
  source.name as source,
  channel.name as channel,
  campaign.name as campaign,
  country.name as country,
  language.name as language,
  browser.name as browser,
  platform.name as platform,
  robot.name as robot,
  place.region as region,
  place.city as city,
  network.name as network,
  (
    select group_concat(name, ', ')
    from mark
    where (visit.marks | 1024 * exists (
      select 1
      from hit as post
      where post.visit = visit.id
        and post.kind = 1
        and post.pageview = 0
        and post.status between 200 and 299
        and post.method in (select id from method where lower(name) = 'post')
        and (
          select count(*)
          from (
            select 1
            from visit as near
            join hit as other on other.visit = near.id
            where near.visitor = visit.visitor
              and near.opened < ((post.id >> 24) / 86400 + 1) * 86400
              and near.closed >= (post.id >> 24) / 86400 * 86400
              and other.id >= (post.id >> 24) / 86400 * 86400 << 24
              and other.id < ((post.id >> 24) / 86400 + 1) * 86400 << 24
              and other.kind = 1
              and other.pageview = 0
              and other.status between 200 and 299
              and other.method = post.method
            limit 3
          )
        ) = 3
        and not exists (
          select 1
          from visit as near
          join hit as page on page.visit = near.id
          where near.visitor = visit.visitor
            and near.pageviews > 0
            and near.opened < ((post.id >> 24) / 86400 + 1) * 86400
            and near.closed >= (post.id >> 24) / 86400 * 86400
            and page.id >= (post.id >> 24) / 86400 * 86400 << 24
            and page.id < ((post.id >> 24) / 86400 + 1) * 86400 << 24
            and page.pageview = 1
            and page.method <> post.method
        )
    )) & mark.id
  ) as marks
from visit
join site on site.id = visit.site
join page as entry on entry.id = visit.entry
join page as exit on exit.id = visit.exit
join source on source.id = visit.source
join channel on channel.id = source.channel
join campaign on campaign.id = visit.campaign
join country on country.id = visit.country
join language on language.id = visit.language
join agent on agent.id = visit.agent
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = visit.robot
join place on place.id = visit.place
join network on network.id = visit.network
where visit.pageviews > 0;

-- Days of UTC, of people; from the rollups, which stay when hits go. Dimension 2 is that of all hits.
drop view daily;
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
