-- What people read.
select
  page.name as page,
  visitors_in(part.visitors) as visitors,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes
from temp.part as part
join page on page.id = part.key
group by page.id
