-- report: how many pages each robot read, and when it was seen
-- order: 256
-- column: robot text
-- column: operator text
-- column: purpose text
-- column: pages number
-- column: pageviews count
-- column: first_seen seconds
-- column: last_seen seconds
-- sort: pages descending
-- robots: always
-- engine: sqlite
-- Distinct pages cannot be had from sums of days: hits are read, of the days that have them.
select
  case browser.name when '' then agent.name else browser.name end as robot,
  operator.name as operator,
  purpose.name as purpose,
  count(distinct case hit.pageview when 1 then resource.page end) as pages,
  sum(hit.pageview) as pageviews,
  min(hit.id) >> 24 as first_seen,
  max(hit.id) >> 24 as last_seen
from hit
join resource on resource.id = hit.resource
join agent on agent.id = hit.agent
join operator on operator.id = agent.operator
join purpose on purpose.id = operator.purpose
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
where hit.id >= :since
  and hit.id < :until
  and hit.robot not in (0, 8)
  and {filters}
group by 1, operator.id
