-- Visits with a mark.
{visit_marks} & (select coalesce(sum(id), 0) from mark where {match})
