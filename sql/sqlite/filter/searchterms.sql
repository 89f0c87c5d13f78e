-- Hits with search terms.
hit.searchterms in (select id from searchterms where {match})
