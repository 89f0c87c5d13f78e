-- Hits of visits with a mark.
hit.visit in (select id from visit where marks & (select sum(id) from mark where {match}))
