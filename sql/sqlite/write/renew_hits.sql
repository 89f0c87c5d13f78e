-- Some of the hits of a visit behind one of them, in order of time.
select
  {hit_row},
  method.name
from hit
join resource on resource.id = hit.resource
join referer on referer.id = hit.referer
join agent on agent.id = hit.agent
join method on method.id = hit.method
where hit.id > :last
  and hit.id < (:ended + 1) << 24
  and hit.visit = :visit
order by hit.id
limit :rows
