-- Hits of a visit, by its number.
exists (select 1 from (select cast(hit.visit as text) as name) where {match})
