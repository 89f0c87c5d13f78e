-- Visits that began on a page.
visit.entry in (select id from page where {match})
