-- Hits with what is known of them and what they are called, to be named anew.
select
  hit.id,
  hit.address,
  hit.status,
  hit.flags,
  hit.robot,
  hit.agent,
  site.name,
  resource.name,
  referer.name,
  agent.name,
  browser.name,
  browser_version.version,
  agent.version_full,
  platform.name,
  platform_version.version,
  source.name,
  source.channel,
  searchterms.name,
  country.name,
  place.region,
  place.city,
  network.number,
  network.name,
  method.name,
  1 in (hit.method, hit.site, hit.resource),
  hit.kind,
  hit.evidence,
  agent.hints,
  agent.hints = '?'
from hit
cross join method on method.id = hit.method
cross join site on site.id = hit.site
cross join resource on resource.id = hit.resource
cross join referer on referer.id = hit.referer
cross join agent on agent.id = hit.agent
cross join browser_version on browser_version.id = agent.browser
cross join browser on browser.id = browser_version.browser
cross join platform_version on platform_version.id = agent.platform
cross join platform on platform.id = platform_version.platform
cross join source on source.id = hit.source
cross join searchterms on searchterms.id = hit.searchterms
cross join country on country.id = hit.country
cross join place on place.id = hit.place
cross join network on network.id = hit.network
where hit.id >= :first
  and hit.id < :last
order by hit.id
limit :rows
