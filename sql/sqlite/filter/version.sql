-- Hits with a major version of a browser.
hit.agent in (select id from (select id, version as name from agent) where {match})
