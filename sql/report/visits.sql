-- report: the last visits, newest first, and the pages they saw
-- order: 340
-- column: visit id
-- column: time seconds
-- column: site text
-- column: ip text
-- column: country text
-- column: source text
-- column: channel text
-- column: pageviews count
-- column: hits count
-- column: duration span
-- column: browser text
-- column: platform text
-- column: robot text
-- column: marks text
-- column: path text
-- sort: visit descending
-- engine: sqlite
-- The last visits with the pages they saw; no more of them are looked at than can be shown.
select
  visit.id as visit,
  visit.began as time,
  site.name as site,
  (
    select case typeof(hit.address)
      when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                                 (hit.address >> 8) & 255, hit.address & 255)
      else hit.address
    end
    from hit
    where hit.id = visit.entry_hit
  ) as ip,
  country.name as country,
  source.name as source,
  channel.name as channel,
  visit.pageviews as pageviews,
  visit.hits as hits,
  case when visit.pageviews > 1 then visit.ended - visit.began else 0 end as duration,
  browser.name as browser,
  platform.name as platform,
  robot.name as robot,
  coalesce((select group_concat(mark.name, ', ') from mark where {visit_marks} & mark.id), '') as marks,
  (
    select group_concat(step.name, ' > ')
    from (
      select page.name as name
      from hit
      join resource on resource.id = hit.resource
      join page on page.id = resource.page
      where hit.id >= visit.opened << 24
        and hit.id < (visit.closed + 1) << 24
        and hit.visit = visit.id
        and hit.pageview = 1
      order by hit.id + ((max(hit.shown, 1) - 1) << 24)
      limit 20
    ) as step
  ) as path
from (
  select visit.id as id
  from visit
  where visit.counted >= :since >> 24
    and visit.counted < :until >> 24
    and visit.pageviews > 0
    and {visit_robots}
    and {visit_filters}
  order by visit.counted desc, visit.id desc
  limit :rows
) as latest
join visit on visit.id = latest.id
join site on site.id = visit.site
join country on country.id = visit.country
join source on source.id = visit.source
join channel on channel.id = source.channel
join agent on agent.id = visit.agent
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = visit.robot
