-- Hits from a country.
hit.country in (select id from country where {match})
