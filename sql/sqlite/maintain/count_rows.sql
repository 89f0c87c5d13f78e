-- How many rows a check has to look at.
select
  (select count(*) from hit where id >= :rows_from << 24) as hits,
  (select count(*) from visit where opened >= :rows_from) as visits
