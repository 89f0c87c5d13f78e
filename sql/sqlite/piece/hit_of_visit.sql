-- Hits of visits that match a filter. No visit of a hit of the period ended before it.
hit.visit in (select visit.id from visit where visit.closed >= :since >> 24 and {visit_condition})
