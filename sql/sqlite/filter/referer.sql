-- Hits with a referer.
hit.referer in (select id from referer where {match})
