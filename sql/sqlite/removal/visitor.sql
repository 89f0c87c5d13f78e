-- Hits of a visitor: those of their visits, and of what is no visit of theirs.
hit.visit in (select visit.id from visit where visit.visitor = :visitor)
