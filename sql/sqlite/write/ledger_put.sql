-- Notes a counter of a ring; its first value is where this store begins.
insert into ledger (ring, counter, base, value)
values (:ring, :counter, :base, :value)
on conflict (ring, counter) do update set
  value = max(value, excluded.value)
