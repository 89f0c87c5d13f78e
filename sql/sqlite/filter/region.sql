-- Hits from a region, as the City file names it.
hit.place in (select id from (select id, region as name from place) where {match})
