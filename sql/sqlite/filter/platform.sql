-- Hits from an operating system.
hit.agent in (select id from agent where platform in (select id from platform where {match}))
