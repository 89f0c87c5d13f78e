-- The site of a visit.
visit.site
