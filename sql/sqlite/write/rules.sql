-- The number of the rules that a store was opened with last. Where it was not noted: that of its
-- oldest sessions; of a store from before there were sessions, 1.
select
  coalesce(
    (select cast(value as integer) from store where key = 'rules'),
    (select min(rules) from session),
    (select 1 from rollup limit 1),
    :rules
  ),
  exists (select 1 from store where key = 'rules')
