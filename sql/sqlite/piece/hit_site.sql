-- The site of a hit.
hit.site
