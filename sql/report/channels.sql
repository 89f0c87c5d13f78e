-- report: channels of visits: search, social networks, websites, direct
-- order: 100
-- dimension: source
-- column: channel text
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent = bounces / visits
-- column: duration span = total_duration / (visits - bounces)
-- sort: visits descending
-- engine: sqlite
-- How visits came: search, social networks, other sites, directly.
select
  channel.name as channel,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.bounces) as bounces,
  sum(part.duration) as total_duration
from temp.part as part
join source on source.id = part.key
join channel on channel.id = source.channel
group by channel.id
