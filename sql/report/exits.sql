-- report: pages on which visits ended
-- order: 50
-- dimension: exit
-- column: page text
-- column: visits count
-- column: pageviews count
-- sort: visits descending
-- engine: sqlite
-- The pages on which visits ended.
select
  page.name as page,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews
from temp.part as part
join page on page.id = part.key
group by page.id
