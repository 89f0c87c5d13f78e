-- The visitor of a page view.
case when hit.pageview then (select visit.visitor from visit where visit.id = hit.visit) end
