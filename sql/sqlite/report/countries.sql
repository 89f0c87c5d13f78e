-- Where people are.
select
  country.name as country,
  visitors_in(part.visitors) as visitors,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  coalesce(sum(part.bounces) * 1000 / nullif(sum(part.visits), 0), 0) as bounce_rate
from temp.part as part
join country on country.id = part.key
group by country.id
