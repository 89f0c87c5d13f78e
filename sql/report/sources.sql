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
-- Where visits came from. A source is one row, whatever campaigns brought visits from there: its channel
-- is the one that it has without them. What has no source is told by its channel alone. 7 is campaign.
select
  source.name as source,
  channel.name as channel,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.bounces) as bounces,
  sum(part.duration) as total_duration
from temp.part as part
cross join source on source.id = part.key
join channel on channel.id = case
  when source.name = '' then source.channel
  else coalesce(
    (select max(plain.channel) from source as plain where plain.name = source.name and plain.channel <> 7),
    source.channel)
end
group by source.name, channel.id
