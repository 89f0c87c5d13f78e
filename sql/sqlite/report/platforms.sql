-- What visitors' machines run.
select
  platform.name as platform,
  agent.platform_version as version,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes,
  count(distinct hit.address) as addresses
from hit
join agent on agent.id = hit.agent
join platform on platform.id = agent.platform
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by platform.id, agent.platform_version
