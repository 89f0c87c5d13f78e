-- The pages on which visits ended.
select
  page.name as page,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews
from temp.part as part
join page on page.id = part.key
group by page.id
