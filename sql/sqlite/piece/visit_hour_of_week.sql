-- The hour of the week in which a visit is counted.
slim_hour_of_week(visit.counted)
