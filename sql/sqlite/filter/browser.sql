-- Hits with a browser.
hit.agent in (
  select agent.id
  from agent
  join browser_version on browser_version.id = agent.browser
  where browser_version.browser in (select id from browser where {match})
)
