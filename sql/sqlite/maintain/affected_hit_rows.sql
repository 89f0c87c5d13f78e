-- These hits with all columns that rollups and visits use.
select
  {hit_row},
  method.name,
  coalesce(visit.visitor, 0) as visitor,
  affected_hit.is_removed
from temp.affected_hit
join hit on hit.id = affected_hit.id
join resource on resource.id = hit.resource
join referer on referer.id = hit.referer
join agent on agent.id = hit.agent
join method on method.id = hit.method
left join visit on visit.id = hit.visit
order by affected_hit.id
