-- Makes the sets of visitors of some buckets from those of their rows.
insert into visitors (dimension, bucket, site, robot, key, hashes)
select :dimension, bucket, site, robot, key, hashes
from temp.recount
where hashes is not null
