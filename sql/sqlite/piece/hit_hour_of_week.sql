-- The hour of the week of a hit.
slim_hour_of_week(hit.id >> 24)
