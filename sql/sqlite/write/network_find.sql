-- The number of a network.
select id
from network
where number = :number
  and name = :name
