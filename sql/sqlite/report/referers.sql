-- Pages elsewhere that link here.
select
  referer.name as referer,
  domain.name as domain,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes
from hit
join referer on referer.id = hit.referer
join domain on domain.id = referer.domain
join source on source.id = hit.source
join channel on channel.id = source.channel
where hit.id >= :since
  and hit.id < :until
  and hit.referer <> 0
  and channel.name <> 'internal'
  and {robots}
  and {filters}
group by referer.id
