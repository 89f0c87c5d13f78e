-- Hits in a language.
hit.language in (select id from language where {match})
