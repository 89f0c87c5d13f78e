-- Page views from another site's page.
hit.pageview = 1 and hit.referer <> 0 and (hit.flags >> 17 & 1) = 0
