-- Hits of visits that began on a page.
hit.visit in (select id from visit where entry in (select id from page where {match}))
