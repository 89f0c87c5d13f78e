-- Gives a new source its number.
insert into source (name, channel)
values (:name, :channel)
