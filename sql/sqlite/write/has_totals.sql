-- Whether there is a hit before a time, or any total of a day that has no hits.
select exists (select 1 from hit where id < :first)
  or exists (select 1 from rollup where dimension = 2 and bucket < :bucket)
