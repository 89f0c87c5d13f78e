-- Hits with a browser.
hit.agent in (select id from agent where browser in (select id from browser where {match}))
