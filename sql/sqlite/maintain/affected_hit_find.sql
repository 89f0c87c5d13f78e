-- All hits of those visits, and whether each is to be removed.
insert into temp.affected_hit (id, is_removed)
select
  hit.id as id,
  slim_is_removed(hit.address, hit.status, resource.name, agent.name, visit.visitor) as is_removed
from hit
left join resource on resource.id = hit.resource
left join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
where hit.id >= :first
  and hit.id < :last
  and hit.visit in (select id from temp.affected_visit)
