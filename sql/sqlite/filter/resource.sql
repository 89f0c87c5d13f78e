-- Hits of a resource, as the client requested it.
hit.resource in (select id from resource where {match})
