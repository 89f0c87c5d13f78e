-- The hits of a session from a time on.
select
  {hit_row},
  method.name
from hit
join resource on resource.id = hit.resource
join referer on referer.id = hit.referer
join agent on agent.id = hit.agent
join method on method.id = hit.method
where hit.id >= :from << 24
  and hit.id < (:ended + 1) << 24
  and hit.visit in (
    select visit.id
    from visit
    where visit.visitor = :visitor
      and visit.began between :began and :ended
  )
