-- The keys of the next rollups.
select dimension, bucket, site, robot, key
from rollup
where (dimension, bucket, site, robot, key) > (:dimension, :bucket, :site, :robot, :key)
order by dimension, bucket, site, robot, key
limit :rows
