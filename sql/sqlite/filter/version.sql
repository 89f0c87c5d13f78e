-- Hits with a version of a browser.
hit.agent in (
  select id
  from agent
  where browser in (select id from (select id, version as name from browser_version) where {match})
)
