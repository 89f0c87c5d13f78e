-- A hit, by its number.
select
  {hit_row},
  method.name
from hit
join resource on resource.id = hit.resource
join referer on referer.id = hit.referer
join agent on agent.id = hit.agent
join method on method.id = hit.method
where hit.id = :id
