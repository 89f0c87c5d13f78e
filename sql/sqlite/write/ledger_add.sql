-- Adds to a counter of the recorder itself.
insert into ledger (ring, counter, base, value)
values (0, :counter, 0, :value)
on conflict (ring, counter) do update set
  value = value + excluded.value
