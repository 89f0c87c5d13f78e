-- Hits that a front end answered.
hit.server in (select id from server where {match})
