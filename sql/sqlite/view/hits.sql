-- Each hit, its texts by their names.
drop view if exists hits;
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
  server.name as server,
  case when hit.robot in (0, 8) then '' else operator.name end as operator,
  case when hit.robot in (0, 8) then '' else purpose.name end as purpose,
  case
    when hit.robot in (0, 8) then ''
    when hit.marks & 8192 then 'false'
    when hit.marks & 4096 then 'range'
    else 'open'
  end as proof
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
join operator on operator.id = agent.operator
join purpose on purpose.id = operator.purpose
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = hit.robot
join place on place.id = hit.place
join network on network.id = hit.network
join tls on tls.id = hit.tls
join server on server.id = hit.server;
