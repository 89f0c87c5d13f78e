-- Stores a session as it is now.
insert into session (id, visitor, began, ended, rules, timeout)
values (:id, :visitor, :began, :ended, :rules, :timeout)
on conflict (id) do update set
  began = excluded.began,
  ended = excluded.ended,
  rules = excluded.rules,
  timeout = excluded.timeout
