-- The hour, day, … of an hour of rollups.
slim_bucket(hit.bucket * 3600)
