-- Gives a new place its number.
insert into place (country, region, city)
values (:country, :region, :city)
