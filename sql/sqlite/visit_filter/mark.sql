-- Visits with a mark.
visit.marks & (select coalesce(sum(id), 0) from mark where {match})
