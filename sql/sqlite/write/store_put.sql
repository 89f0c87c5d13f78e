-- Notes a fact about the store itself.
insert into store (key, value)
values (:key, :value)
on conflict (key) do update set
  value = excluded.value
