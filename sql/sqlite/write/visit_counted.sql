-- The hits of a visit before a time that count as downloads, or as searches on the site.
select
  hit.download as download,
  hit.flags >> 18 & 1 as searched,
  hit.resource,
  hit.searchterms
from hit
where hit.visit = :visit
  and hit.id < :from << 24
  and (hit.download = 1 or hit.flags >> 18 & 1)
