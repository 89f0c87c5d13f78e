-- Whether a hit is a prefetch that was never shown.
hit.kind = 6 and hit.pageview = 0
