-- Hits as rollups and visits see them; a campaign is known of the page view that a visit began with.
select
  {hit_row},
  coalesce(visit.visitor, 0) as visitor,
  case when visit.entry_hit = hit.id then visit.campaign else 0 end as campaign,
  member.goes
from temp.member
join hit on hit.id = member.id
join resource on resource.id = hit.resource
join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
order by member.id
