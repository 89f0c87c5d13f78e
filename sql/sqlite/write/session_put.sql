-- Stores sessions as they are now.
insert or fail into session (id, visitor, began, ended, rules, timeout)
select id, visitor, began, ended, rules, timeout
from batch_session
where true
on conflict (id) do update set
  began = excluded.began,
  ended = excluded.ended,
  rules = excluded.rules,
  timeout = excluded.timeout
