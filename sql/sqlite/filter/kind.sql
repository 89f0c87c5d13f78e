-- Hits of a kind.
hit.kind in (select id from kind where {match})
