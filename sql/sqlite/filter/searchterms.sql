-- Hits that somebody searched for.
hit.searchterms in (select id from searchterms where {match})
