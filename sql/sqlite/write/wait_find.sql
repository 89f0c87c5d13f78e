-- The hits of a session's rest, and of a visit, between two times: how many in each second.
select
  hit.visit as visit,
  hit.id >> 24 as second,
  count(*) as hits,
  sum(hit.kind = 2) as assets,
  max(hit.marks & 1) | max(hit.marks & 2) | max(hit.marks & 4) as marks
from hit
where hit.id >= :from << 24
  and hit.id < :until << 24
  and hit.visit in (:rest, :claimed)
group by 1, 2
order by 2
