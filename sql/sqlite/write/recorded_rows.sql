-- The hits of a second: lines of a log may be those of them that the recorder stored itself.
select
  hit.id, site.name, method.name, hit.resource, resource.name, hit.status, hit.bytes, hit.address, hit.flags
from hit
join site on site.id = hit.site
join method on method.id = hit.method
join resource on resource.id = hit.resource
where hit.id between :first and :last
order by hit.id
