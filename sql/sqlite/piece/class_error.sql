-- Hits that failed.
hit.status >= 400
