-- Hits of an address, or of a network.
slim_is_removed(hit.address, 0, '', '', 0)
