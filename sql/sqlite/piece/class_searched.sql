-- Page views with an engine's search terms.
hit.pageview = 1 and hit.searchterms <> 0 and (hit.flags >> 16 & 1) = 0
