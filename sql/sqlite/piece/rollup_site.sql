-- The site of a rollup.
hit.site
