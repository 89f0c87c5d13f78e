-- Hits answered 404 or 410.
hit.status in (404, 410)
