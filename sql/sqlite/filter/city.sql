-- Hits from a city, as the City file names it.
hit.place in (select id from (select id, city as name from place) where {match})
