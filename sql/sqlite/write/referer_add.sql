-- Gives a new referer its number.
insert into referer (name, domain)
values (:name, :domain)
