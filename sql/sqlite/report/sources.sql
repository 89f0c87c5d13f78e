-- Where page views came from; links within the site are left out.
select
  source.name as source,
  channel.name as channel,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes
from hit
join source on source.id = hit.source
join channel on channel.id = source.channel
where hit.id >= :since
  and hit.id < :until
  and hit.pageview = 1
  and channel.name <> 'internal'
  and {robots}
  and {filters}
group by source.id
