-- All of a day's hits, with all that they are counted by.
select
  {hit_row},
  visit.visitor
from hit
cross join resource on resource.id = hit.resource
cross join referer on referer.id = hit.referer
cross join agent on agent.id = hit.agent
left join visit on visit.id = hit.visit
where hit.id >= :since << 24
  and hit.id < :until << 24
