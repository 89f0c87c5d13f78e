-- What is older than a time: hits, and visits that ended before it.
select
  (select count(*) from hit where id < :before << 24) as hits,
  (select count(*) from visit where counted < :before and closed < :before) as visits
