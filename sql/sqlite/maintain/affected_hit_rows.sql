-- These hits with all columns that rollups and visits use; a campaign is that of a visit's first page view.
select
  {hit_row},
  coalesce(visit.visitor, 0) as visitor,
  case when visit.entry_hit = hit.id then visit.campaign else 0 end as campaign,
  affected_hit.is_removed
from temp.affected_hit
join hit on hit.id = affected_hit.id
join resource on resource.id = hit.resource
join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
order by affected_hit.id
