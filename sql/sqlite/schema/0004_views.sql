-- Views for people who ask in SQL: the words of reports, and their numbers.

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
  nullif(hit.visit, 0) as visit
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
join robot on robot.id = hit.robot;

-- Those that count: with a page view.
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
  robot.name as robot
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
where visit.pageviews > 0;

-- Days of UTC, of people; from the rollups, which stay when hits go. Dimension 2 is that of all hits.
create view daily as
select
  site.name as site,
  date(rollup.bucket * 86400, 'unixepoch') as day,
  sum(rollup.hits) as hits,
  sum(rollup.pageviews) as pageviews,
  sum(rollup.visits) as visits,
  sum(rollup.bounces) as bounces,
  sum(rollup.bytes) as bytes,
  sum(rollup.errors) as errors
from rollup
join site on site.id = rollup.site
where rollup.dimension = 2
  and rollup.robot = 0
group by rollup.site, rollup.bucket;
