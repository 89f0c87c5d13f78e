-- The hour of the week in which a visit began.
slim_hour_of_week(visit.began)
