-- All that is kept of hits: of an archive, oldest first. Numbers of kinds, channels, classes and bits
-- are the same in all stores.
select
  'hit' as hit,
  hit.id >> 24 as second,
  printf('%016x', coalesce(visit.visitor, 0)) as visitor,
  site.name as site,
  method.name as method,
  resource.name as resource,
  page.name as page,
  address_page.name as address_page,
  referer.name as referer,
  domain.name as domain,
  referer_page.name as referer_page,
  source.name as source,
  source.channel as channel,
  searchterms.name as searchterms,
  campaign.name as campaign,
  campaign.medium as medium,
  campaign.term as term,
  campaign.content as content,
  case typeof(hit.address)
    when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                               (hit.address >> 8) & 255, hit.address & 255)
    else hit.address
  end as address,
  country.name as country,
  place.region as region,
  place.city as city,
  network.number as network,
  network.name as network_name,
  language.name as language,
  agent.name as agent,
  agent.hints as hints,
  browser.name as browser,
  browser_version.version as version,
  agent.version_full as version_full,
  platform.name as platform,
  platform_version.version as platform_version,
  hit.robot as robot,
  hit.kind as kind,
  hit.status as status,
  hit.protocol as protocol,
  hit.bytes as bytes,
  hit.duration_us as duration_us,
  tls.name as tls,
  server.name as server,
  hit.flags & :flags as flags,
  hit.marks as marks,
  hit.evidence as evidence,
  operator.name as operator,
  operator.purpose as purpose
from hit
cross join site on site.id = hit.site
cross join method on method.id = hit.method
cross join resource on resource.id = hit.resource
cross join page on page.id = resource.page
cross join page as address_page on address_page.id = resource.address_page
cross join referer on referer.id = hit.referer
cross join domain on domain.id = referer.domain
cross join page as referer_page on referer_page.id = referer.page
cross join source on source.id = hit.source
cross join searchterms on searchterms.id = hit.searchterms
cross join campaign on campaign.id = hit.campaign
cross join country on country.id = hit.country
cross join place on place.id = hit.place
cross join network on network.id = hit.network
cross join language on language.id = hit.language
cross join agent on agent.id = hit.agent
cross join operator on operator.id = agent.operator
cross join browser_version on browser_version.id = agent.browser
cross join browser on browser.id = browser_version.browser
cross join platform_version on platform_version.id = agent.platform
cross join platform on platform.id = platform_version.platform
cross join tls on tls.id = hit.tls
cross join server on server.id = hit.server
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and {filters}
order by hit.id
