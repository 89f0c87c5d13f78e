-- report: what campaigns brought
-- order: 140
-- dimension: campaign
-- column: campaign text
-- column: medium text
-- column: term text
-- column: content text
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent
-- column: duration span
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
  coalesce(sum(part.bounces) * 1000 / nullif(sum(part.visits), 0), 0) as bounce_rate,
  coalesce(sum(part.duration) / nullif(sum(part.visits) - sum(part.bounces), 0), 0) as duration
from temp.part as part
join campaign on campaign.id = part.key
where campaign.id <> 0
group by campaign.id
