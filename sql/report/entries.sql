-- report: pages on which visits began
-- order: 40
-- dimension: entry
-- column: page text
-- column: visits count
-- column: pageviews count
-- column: bounce_rate percent
-- column: duration span
-- sort: visits descending
-- engine: sqlite
-- The pages on which visits began.
select
  page.name as page,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  coalesce(sum(part.bounces) * 1000 / nullif(sum(part.visits), 0), 0) as bounce_rate,
  coalesce(sum(part.duration) / nullif(sum(part.visits) - sum(part.bounces), 0), 0) as duration
from temp.part as part
join page on page.id = part.key
group by page.id
