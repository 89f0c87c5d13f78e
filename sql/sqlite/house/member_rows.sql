-- Hits as rollups and visits see them; a campaign is known of the page view that a visit began with.
select
  hit.id,
  hit.site,
  hit.method,
  hit.language,
  hit.country,
  hit.referer,
  hit.source,
  hit.searchterms,
  hit.resource,
  resource.page,
  hit.agent,
  agent.browser,
  agent.platform,
  hit.visit,
  coalesce(visit.visitor, 0) as visitor,
  hit.robot,
  hit.kind,
  hit.status,
  hit.bytes,
  case when visit.entry_hit = hit.id then visit.campaign else 0 end as campaign,
  hit.flags >> 17 & 1 as internal,
  hit.pageview,
  hit.download,
  hit.flags >> 16 & 1 as local,
  hit.place,
  hit.network,
  hit.marks,
  member.goes
from temp.member
join hit on hit.id = member.id
join resource on resource.id = hit.resource
join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
order by member.id
