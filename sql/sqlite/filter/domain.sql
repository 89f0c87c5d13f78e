-- Hits whose referer is of a domain.
hit.referer in (select id from referer where domain in (select id from domain where {match}))
