-- A ring has said how many of its records are in the journal.
insert into ledger (ring, counter, base, value)
values (:ring, 'drained', 0, :value)
on conflict (ring, counter) do update set
  base = 0,
  value = max(value, excluded.value)
