-- Hits whose visit is among those that are asked for, which are known beforehand.
slim_asked(hit.visit)
