-- When people come: the hours of the week.
select
  part.key / 24 as weekday,
  part.key % 24 as hour,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes
from temp.part as part
group by part.key
