-- The old table's eleven columns, in its order and of its types, and what else a hit has.
drop view if exists slim_stats;
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
