-- Hits with a method.
hit.method in (select id from method where {match})
