-- Hits of a day that are to be removed.
insert into temp.removed_hit (id)
select hit.id
from hit
left join resource on resource.id = hit.resource
left join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
where hit.id >= :since
  and hit.id < :until
  and slim_is_removed(hit.address, hit.status, resource.name, agent.name, visit.visitor)
limit :rows
