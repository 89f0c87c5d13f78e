-- Visits that ended on a page.
visit.exit in (select id from page where {match})
