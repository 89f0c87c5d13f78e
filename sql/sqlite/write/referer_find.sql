-- The number of a referer.
select id
from referer
where name = :name
