-- The hour, day, … of a hit.
slim_bucket(hit.id >> 24)
