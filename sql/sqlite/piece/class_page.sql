-- Page views, and prefetches that were never shown.
(hit.pageview = 1 or hit.kind = 6)
