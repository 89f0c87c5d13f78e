-- Hits of visits that match a filter.
hit.visit in (select visit.id from visit where {visit_in_period} and {visit_condition})
