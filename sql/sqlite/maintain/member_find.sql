-- All hits of those visits, with what is to become of them.
insert into temp.member (id, goes)
select
  hit.id as id,
  slim_goes(hit.address, hit.status, resource.name, agent.name, visit.visitor) as goes
from hit
left join resource on resource.id = hit.resource
left join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
where hit.id >= :first
  and hit.id < :last
  and hit.visit in (select id from temp.going_visit)
