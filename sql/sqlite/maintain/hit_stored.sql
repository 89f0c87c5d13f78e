-- One hit as it is kept, for who explains it: what was sent, what decided, and what was made of it.
select
  hit.status,
  hit.flags,
  hit.evidence,
  hit.kind,
  hit.pageview,
  hit.download,
  hit.protocol,
  hit.bytes,
  hit.address,
  site.name,
  method.name,
  resource.name,
  referer.name,
  agent.name,
  language.name
from hit
join site on site.id = hit.site
join method on method.id = hit.method
join resource on resource.id = hit.resource
join referer on referer.id = hit.referer
join agent on agent.id = hit.agent
join language on language.id = hit.language
where hit.id = :hit
