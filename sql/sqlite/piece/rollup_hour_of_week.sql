-- The hour of the week of an hour of rollups.
slim_hour_of_week(hit.bucket * 3600)
