-- Hits with a status of 400 or above.
hit.status >= 400
