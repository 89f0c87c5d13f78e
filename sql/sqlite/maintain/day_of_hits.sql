-- The first day since a time on which a hit came, as a number.
select (min(id) >> 24) / 86400
from hit
where id >= :since
