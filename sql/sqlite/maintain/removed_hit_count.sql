-- How many hits are to be removed, and how many visits lose some.
select
  count(*) as hits,
  count(distinct nullif(hit.visit, 0)) as visits
from hit
left join resource on resource.id = hit.resource
left join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
where slim_is_removed(hit.address, hit.status, resource.name, agent.name, visit.visitor)
