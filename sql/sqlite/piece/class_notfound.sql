-- Hits of what is not there.
hit.status in (404, 410)
