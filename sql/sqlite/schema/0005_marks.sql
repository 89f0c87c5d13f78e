-- What clients do beside what they call themselves, and where addresses are beyond their country.

create table place (
  id integer primary key,
  country integer not null references country,
  region text not null,
  city text not null,
  unique (country, region, city)
);
insert into place values (0, 0, '', ''), (1, 1, '(other)', '(other)');

-- number: of the autonomous system.
create table network (
  id integer primary key,
  number integer not null,
  name text not null,
  unique (number, name)
);
insert into network values (0, 0, ''), (1, 0, '(other)');

-- id: a bit. The first three are those of single hits; a visit has those of its hits, and the last
-- two by all of what it did.
create table mark (id integer primary key, name text not null unique);
insert into mark values
  (1, 'robots.txt'), (2, 'probe'), (4, 'hosting'), (256, 'no assets'), (512, 'fast');

alter table hit add column place integer not null default 0;
alter table hit add column network integer not null default 0;
alter table hit add column marks integer not null default 0;

-- assets: how many of its hits are of that kind.
alter table visit add column place integer not null default 0;
alter table visit add column network integer not null default 0;
alter table visit add column marks integer not null default 0;
alter table visit add column assets integer not null default 0;

update visit
set assets = counted.assets
from (
  select visit, count(*) as assets
  from hit
  where kind = 2
    and visit <> 0
  group by visit
) as counted
where counted.visit = visit.id;

-- What was before had no place and no network: rollups of both (21, 22) begin as those of all hits.
insert into rollup
select
  added.dimension, rollup.bucket, rollup.site, rollup.robot, 0, rollup.hits, rollup.pageviews,
  rollup.errors, rollup.bytes, rollup.visits, rollup.bounces, rollup.duration, rollup.fresh
from rollup
cross join (select 21 as dimension union all select 22) as added
where rollup.dimension = 2;

drop view hits;
create view hits as
select
  hit.id as hit,
  strftime('%Y-%m-%dT%H:%M:%SZ', hit.id >> 24, 'unixepoch') as time,
  site.name as site,
  case typeof(hit.address)
    when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                               (hit.address >> 8) & 255, hit.address & 255)
    else hit.address
  end as ip,
  method.name as method,
  resource.name as resource,
  page.name as page,
  hit.status as status,
  hit.bytes as bytes,
  hit.duration_us as duration_us,
  kind.name as kind,
  hit.pageview as pageview,
  hit.download as download,
  referer.name as referer,
  domain.name as domain,
  source.name as source,
  channel.name as channel,
  searchterms.name as searchterms,
  country.name as country,
  language.name as language,
  browser.name as browser,
  browser_version.version as version,
  platform.name as platform,
  robot.name as robot,
  nullif(hit.visit, 0) as visit,
  place.region as region,
  place.city as city,
  network.number as network_number,
  network.name as network,
  (select group_concat(name, ', ') from mark where hit.marks & mark.id) as marks
from hit
join site on site.id = hit.site
join method on method.id = hit.method
join resource on resource.id = hit.resource
join page on page.id = resource.page
join kind on kind.id = hit.kind
join referer on referer.id = hit.referer
join domain on domain.id = referer.domain
join source on source.id = hit.source
join channel on channel.id = source.channel
join searchterms on searchterms.id = hit.searchterms
join country on country.id = hit.country
join language on language.id = hit.language
join agent on agent.id = hit.agent
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = hit.robot
join place on place.id = hit.place
join network on network.id = hit.network;

-- Those that count: with a page view.
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
  (select group_concat(name, ', ') from mark where visit.marks & mark.id) as marks
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
