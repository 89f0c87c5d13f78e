-- Hits of a source.
hit.source in (select id from source where {match})
