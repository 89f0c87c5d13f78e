-- When the last hit of a visit before a time was.
select id >> 24
from hit
where id >= :opened << 24
  and id < :until << 24
  and visit = :visit
order by id desc
limit 1
