-- Hits with a status.
slim_is_removed('', hit.status, '', '', 0)
