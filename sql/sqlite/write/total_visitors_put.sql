-- Keeps the visitors of a key of a total.
insert or replace into visitors (dimension, bucket, site, robot, key, hashes)
values (:dimension, :bucket, :site, :robot, :key, :hashes)
