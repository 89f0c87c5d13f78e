-- Hits of visits that ended on a page.
hit.visit in (select id from visit where exit in (select id from page where {match}))
