-- report: campaigns by visits
-- order: 140
-- dimension: campaign
-- column: campaign text
-- column: medium text
-- column: term text
-- column: content text
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent = bounces / visits
-- column: duration span = total_duration / (visits - bounces)
-- sort: visits descending
-- engine: sqlite
-- What campaigns brought.
select
  campaign.name as campaign,
  campaign.medium as medium,
  campaign.term as term,
  campaign.content as content,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.bounces) as bounces,
  sum(part.duration) as total_duration
from temp.part as part
cross join campaign on campaign.id = part.key
where campaign.id <> 0
group by campaign.id
