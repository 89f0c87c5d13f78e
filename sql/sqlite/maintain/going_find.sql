-- Hits of a day that are to go.
insert into temp.going (id)
select hit.id
from hit
left join resource on resource.id = hit.resource
left join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and slim_goes(hit.address, hit.status, resource.name, agent.name, visit.visitor)
limit :rows
