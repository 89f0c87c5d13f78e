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
  (select group_concat(name, ', ') from mark where hit.marks & mark.id) as marks,
  tls.name as tls,
  server.name as server
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
join network on network.id = hit.network
join tls on tls.id = hit.tls
join server on server.id = hit.server;

drop view slim_stats;
create view slim_stats as
select
  case typeof(hit.address) when 'integer' then hit.address end as remote_ip,
  language.name as language,
  country.name as country,
  referer.name as referer,
  domain.name as domain,
  searchterms.name as searchterms,
  resource.name as resource,
  coalesce(versioned_platform.number, platform_id.number, -1) as platform,
  case
    when hit.robot not in (0, 8) then coalesce(robot_id.number, 34)
    else coalesce(browser_id.number, robot_id.number, -1)
  end as browser,
  case
    when hit.robot not in (0, 8) and robot_id.number is null then ''
    else browser_version.version
  end as version,
  hit.id >> 24 as dt,
  case typeof(hit.address)
    when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                               (hit.address >> 8) & 255, hit.address & 255)
    else hit.address
  end as ip,
  platform.name as platform_name,
  browser.name as browser_name,
  robot.name as robot,
  hit.status as status,
  hit.bytes as bytes,
  site.name as site,
  nullif(hit.visit, 0) as visit,
  server.name as server
from hit
join site on site.id = hit.site
join server on server.id = hit.server
join language on language.id = hit.language
join country on country.id = hit.country
join referer on referer.id = hit.referer
join domain on domain.id = referer.domain
join searchterms on searchterms.id = hit.searchterms
join resource on resource.id = hit.resource
join agent on agent.id = hit.agent
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = hit.robot
left join slim_id as browser_id on browser_id.kind = 'browser' and browser_id.name = browser.name
left join slim_id as robot_id on robot_id.kind = 'robot' and robot_id.name = browser.name
left join slim_id as platform_id on platform_id.kind = 'platform' and platform_id.name = platform.name
left join slim_id as versioned_platform
  on versioned_platform.kind = 'platform'
  and versioned_platform.name = platform.name || ' ' || platform_version.version;
