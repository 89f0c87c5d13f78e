-- report: networks of clients' addresses, if there is a network file
-- order: 180
-- dimension: network
-- column: network text key
-- column: number number key
-- column: visits count
-- column: pageviews count
-- column: hits count
-- column: bytes bytes
-- column: bounce_rate percent = bounces / visits
-- sort: visits descending
-- engine: sqlite
-- Through which networks people come; 0 stands for those that have no number.
select
  network.name as network,
  network.number as number,
  sum(part.visits) as visits,
  sum(part.pageviews) as pageviews,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes,
  sum(part.bounces) as bounces
from temp.part as part
join network on network.id = part.key
group by network.id
