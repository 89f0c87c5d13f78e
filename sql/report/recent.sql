-- report: the last hits, newest first
-- order: 330
-- column: hit id
-- column: time seconds
-- column: site text
-- column: ip text
-- column: country text
-- column: method text
-- column: resource text
-- column: status number
-- column: bytes bytes
-- column: referer text
-- column: browser text
-- column: platform text
-- column: robot text
-- sort: hit descending
-- limit: 20
-- robots: on
-- engine: sqlite
-- The last hits; no more of them are looked at than can be shown.
select
  hit.id as hit,
  hit.id >> 24 as time,
  site.name as site,
  case typeof(hit.address)
    when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                               (hit.address >> 8) & 255, hit.address & 255)
    else hit.address
  end as ip,
  country.name as country,
  method.name as method,
  resource.name as resource,
  hit.status as status,
  hit.bytes as bytes,
  referer.name as referer,
  browser.name as browser,
  platform.name as platform,
  robot.name as robot
from (
  select hit.id as id
  from hit
  where hit.id >= :since
    and hit.id < :until
    and {robots}
    and {filters}
  order by hit.id desc
  limit :rows
) as latest
join hit on hit.id = latest.id
join site on site.id = hit.site
join country on country.id = hit.country
join method on method.id = hit.method
join resource on resource.id = hit.resource
join referer on referer.id = hit.referer
join agent on agent.id = hit.agent
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = hit.robot
