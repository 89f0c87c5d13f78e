-- The hour, day, … in which a visit is counted.
slim_bucket(visit.counted)
