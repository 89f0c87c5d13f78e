-- The number of a place.
select id
from place
where country = :country
  and region = :region
  and city = :city
