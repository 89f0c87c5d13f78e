-- Hits of a day that are to be removed.
insert into temp.removed_hit (id)
select hit.id
from hit
where hit.id >= :since
  and hit.id < :until
  and {rule}
limit :rows
