-- Counted downloads.
hit.download = 1
