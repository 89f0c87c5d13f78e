-- Visits that have a hit which matches all filters; they were noted while hits were read.
slim_noted(visit.id)
