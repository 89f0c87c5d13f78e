-- Page views.
hit.pageview = 1
