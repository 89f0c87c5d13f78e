-- How many records of a ring came in by its journal, -1: nobody counted; whether that began at its
-- first one (0), or in the middle (-1); what else is known of it, and of this journal.
select
  coalesce(max(case when counter = 'drained' then value end), -1),
  coalesce(max(case when counter = 'drained' then base end), 0),
  count(*),
  (select count(*) from journal where uuid = :uuid)
from ledger
where ring = :ring
