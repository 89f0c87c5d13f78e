-- Nobody is left of a key.
delete from visitors
where dimension = :dimension
  and bucket = :bucket
  and site = :site
  and robot = :robot
  and key = :key
