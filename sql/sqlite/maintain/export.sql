-- The rows of the view slim_stats, with conditions on hits; a reader's connection runs no views. The
-- visit is a text: programs that read JSON keep 53 bits of a number.
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
  cast(nullif(hit.visit, 0) as text) as visit,
  server.name as server
from hit
cross join site on site.id = hit.site
cross join server on server.id = hit.server
cross join language on language.id = hit.language
cross join country on country.id = hit.country
cross join referer on referer.id = hit.referer
cross join domain on domain.id = referer.domain
cross join searchterms on searchterms.id = hit.searchterms
cross join resource on resource.id = hit.resource
cross join agent on agent.id = hit.agent
cross join browser_version on browser_version.id = agent.browser
cross join browser on browser.id = browser_version.browser
cross join platform_version on platform_version.id = agent.platform
cross join platform on platform.id = platform_version.platform
cross join robot on robot.id = hit.robot
left join slim_id as browser_id on browser_id.kind = 'browser' and browser_id.name = browser.name
left join slim_id as robot_id on robot_id.kind = 'robot' and robot_id.name = browser.name
left join slim_id as platform_id on platform_id.kind = 'platform' and platform_id.name = platform.name
left join slim_id as versioned_platform
  on versioned_platform.kind = 'platform'
  and versioned_platform.name = platform.name || ' ' || platform_version.version
where hit.id >= :since
  and hit.id < :until
  and {filters}
order by hit.id
