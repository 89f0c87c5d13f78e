-- Keeps the visitors of keys.
insert or replace into visitors (dimension, bucket, site, robot, key, hashes)
select dimension, bucket, site, robot, key, hashes
from batch_visitors
