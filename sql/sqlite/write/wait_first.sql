-- The first of these hits.
select min(hit.id)
from hit
where hit.id >= :from << 24
  and hit.id < :until << 24
  and hit.visit in (:rest, :claimed)
