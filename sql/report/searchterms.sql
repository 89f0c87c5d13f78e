-- report: search terms of search engines
-- order: 120
-- dimension: searchterms
-- column: searchterms text
-- column: source text
-- column: pageviews count
-- sort: pageviews descending
-- engine: sqlite
-- What people searched for before they came. A source that visits also reach by campaigns has several
-- rows of its own, and is one here.
select
  searchterms.name as searchterms,
  source.name as source,
  sum(part.pageviews) as pageviews
from temp.part as part
join searchterms on searchterms.id = part.key >> 31
join source on source.id = part.key & 2147483647
group by searchterms.id, source.name
