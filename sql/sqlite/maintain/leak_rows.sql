-- Hits that were answered, and whether they are known as leaks.
select
  hit.id,
  resource.name,
  hit.status,
  hit.bytes,
  hit.marks & 2048 <> 0
from hit
cross join resource on resource.id = hit.resource
where hit.id >= :first
  and hit.status in (200, 206)
order by hit.id
limit :rows
