-- The hits of a second: lines of an archive may be those of them that are here already.
select
  hit.id, hit.flags, coalesce(visit.visitor, 0), hit.status, hit.protocol, hit.bytes, hit.duration_us, hit.address,
  site.name, method.name, resource.name, referer.name, agent.name, server.name
from hit
join site on site.id = hit.site
join method on method.id = hit.method
join resource on resource.id = hit.resource
join referer on referer.id = hit.referer
join agent on agent.id = hit.agent
join server on server.id = hit.server
left join visit on visit.id = hit.visit
where hit.id between :first and :last
order by hit.id
