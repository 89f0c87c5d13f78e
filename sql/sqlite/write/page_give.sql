-- Gives a page its number, unless it has one.
insert into page (name)
values (:name)
on conflict (name) do nothing
