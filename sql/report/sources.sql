-- report: where visits came from: engines, networks, sites, direct
-- order: 90
-- dimension: source
-- column: source text
-- column: channel text
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent = bounces / visits
-- column: duration span = total_duration / (visits - bounces)
-- sort: visits descending
-- engine: sqlite
-- Where visits came from.
select
  source.name as source,
  channel.name as channel,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.bounces) as bounces,
  sum(part.duration) as total_duration
from temp.part as part
join source on source.id = part.key
join channel on channel.id = source.channel
group by source.id
