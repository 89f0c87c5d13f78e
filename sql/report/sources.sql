-- report: where visits came from: engines, networks, sites, direct
-- order: 90
-- dimension: source
-- column: source text
-- column: channel text
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent
-- column: duration span
-- sort: visits descending
-- engine: sqlite
-- Where visits came from.
select
  source.name as source,
  channel.name as channel,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  coalesce(sum(part.bounces) * 1000 / nullif(sum(part.visits), 0), 0) as bounce_rate,
  coalesce(sum(part.duration) / nullif(sum(part.visits) - sum(part.bounces), 0), 0) as duration
from temp.part as part
join source on source.id = part.key
join channel on channel.id = source.channel
group by source.id
