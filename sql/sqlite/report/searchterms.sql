-- What people searched for when they found the site.
select
  searchterms.name as searchterms,
  source.name as source,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes
from hit
join searchterms on searchterms.id = hit.searchterms
join source on source.id = hit.source
where hit.id >= :since
  and hit.id < :until
  and hit.searchterms <> 0
  and {robots}
  and {filters}
group by searchterms.id, source.id
