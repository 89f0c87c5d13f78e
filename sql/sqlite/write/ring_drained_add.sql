-- Records of a ring came in; of one that is seen for the first time nobody knows what was before.
insert into ledger (ring, counter, base, value)
values (:ring, 'drained', -1, :value)
on conflict (ring, counter) do update set
  value = value + excluded.value
