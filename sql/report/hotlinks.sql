-- report: files that pages of others show or link to
-- order: 82
-- column: page text
-- column: domain text
-- column: kind text
-- column: hits count
-- column: bytes bytes
-- column: site text
-- sites: apart
-- sort: bytes descending
-- engine: sqlite
-- What was sent of assets and downloads to readers of other sites, by their Referer. Bit 17 of flags: it is a page of
-- this site. No dimension of the rollups knows both, so that hits are read.
select
  page.name as page,
  domain.name as domain,
  kind.name as kind,
  count(*) as hits,
  sum(hit.bytes) as bytes,
  site.name as site
from hit
join resource on resource.id = hit.resource
join page on page.id = resource.page
join referer on referer.id = hit.referer
join domain on domain.id = referer.domain
join kind on kind.id = hit.kind
join site on site.id = hit.site
where hit.id >= :since
  and hit.id < :until
  and hit.kind in (2, 4)
  and hit.status in (200, 206, 304)
  and hit.referer <> 0
  and hit.flags >> 17 & 1 = 0
  and domain.name <> ''
  and {robots}
  and {filters}
group by page.id, domain.id, kind.id, site.id
