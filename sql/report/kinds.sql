-- report: kinds of resources: pages, assets, feeds, downloads
-- order: 300
-- dimension: kind
-- column: kind text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- sort: hits descending
-- engine: sqlite
-- The kinds of resources requested.
select
  kind.name as kind,
  sum(part.hits) as hits,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes
from temp.part as part
join kind on kind.id = part.key
group by kind.id
