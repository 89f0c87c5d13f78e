-- Visits that came from a source.
visit.source in (select id from source where {match})
