-- The visitor of a page view whose visit was asked for a moment ago.
case when hit.pageview then slim_asked_visitor(hit.visit) end
