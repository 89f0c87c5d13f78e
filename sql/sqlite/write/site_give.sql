-- Gives a site its number, unless it has one.
insert into site (name)
values (:name)
on conflict (name) do nothing
