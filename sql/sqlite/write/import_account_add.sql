-- Adds to a counter of the account of imports, in the transaction that stores or removes the hits.
insert into import_account (counter, value) values (:counter, :value)
on conflict (counter) do update set value = value + excluded.value
