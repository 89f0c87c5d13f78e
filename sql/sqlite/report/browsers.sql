-- What visitors read with.
select
  browser.name as browser,
  agent.version as version,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes,
  count(distinct hit.address) as addresses
from hit
join agent on agent.id = hit.agent
join browser on browser.id = agent.browser
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by browser.id, agent.version
