-- Hits whose visit matches the filters; the matching visits were collected before.
slim_asked(hit.visit)
