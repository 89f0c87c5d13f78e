-- Hits on a platform.
hit.agent in (
  select agent.id
  from agent
  join platform_version on platform_version.id = agent.platform
  where platform_version.platform in (select id from platform where {match})
)
