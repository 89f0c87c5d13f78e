-- Whether anything is older than a time.
select
  exists (select 1 from hit where id < :before << 24)
  or exists (select 1 from visit where counted < :before and closed < :before)
