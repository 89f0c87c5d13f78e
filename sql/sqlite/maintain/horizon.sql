-- How far rows are deleted for their age, for how many days that was asked, and the time of the middle
-- one of the last 1,000 hits.
select
  (select cast(value as integer) from store where key = 'horizon'),
  (select cast(value as integer) from store where key = 'horizon_days'),
  (select id >> 24 from hit order by id desc
   limit 1 offset (select count(*) / 2 from (select 1 from hit limit 1000)))
