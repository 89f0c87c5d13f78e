-- Records that were counted as lost by their numbers, and that no ring has missed yet.
insert into ledger (ring, counter, base, value)
values (0, 'gap', 0, :value)
on conflict (ring, counter) do update set
  value = excluded.value
