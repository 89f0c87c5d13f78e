-- report: how visits came: search, social networks, websites, direct
-- order: 100
-- dimension: source
-- column: channel text
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent
-- column: duration span
-- sort: visits descending
-- engine: sqlite
-- How visits came: search, social networks, other sites, directly.
select
  channel.name as channel,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  coalesce(sum(part.bounces) * 1000 / nullif(sum(part.visits), 0), 0) as bounce_rate,
  coalesce(sum(part.duration) / nullif(sum(part.visits) - sum(part.bounces), 0), 0) as duration
from temp.part as part
join source on source.id = part.key
join channel on channel.id = source.channel
group by channel.id
