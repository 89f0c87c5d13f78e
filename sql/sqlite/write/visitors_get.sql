-- The visitors of a key.
select hashes
from visitors
where dimension = :dimension
  and bucket = :bucket
  and site = :site
  and robot = :robot
  and key = :key
