-- Through which networks people come; 0 stands for those that have no number.
select
  network.name as network,
  network.number as number,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  coalesce(sum(part.bounces) * 1000 / nullif(sum(part.visits), 0), 0) as bounce_rate
from temp.part as part
join network on network.id = part.key
group by network.id
