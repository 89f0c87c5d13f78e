-- Hits of visits that came from a source.
hit.visit in (select id from visit where source in (select id from source where {match}))
