-- The hour, day, … in which a visit began.
slim_bucket(visit.began)
