-- Hits of a resource as it was asked for.
hit.resource in (select id from resource where {match})
