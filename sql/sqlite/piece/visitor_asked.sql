-- The visitor of a page view, of the visit that slim_asked was just called for.
case when hit.pageview then slim_asked_visitor(hit.visit) end
