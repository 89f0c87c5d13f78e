-- The set of the visitors of page views, in the form that is kept.
visitors_kept(visit.visitor) filter (where hit.pageview = 1)
