-- Hits from a network, by its name.
hit.network in (select id from network where {match})
