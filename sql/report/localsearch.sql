-- report: search terms of the site's own search page
-- order: 130
-- dimension: localsearch
-- column: searchterms text
-- column: pageviews count
-- sort: pageviews descending
-- engine: sqlite
-- What people searched for on the site's own search page.
select
  searchterms.name as searchterms,
  sum(part.pageviews) as pageviews
from temp.part as part
join searchterms on searchterms.id = part.key >> 31
group by searchterms.id
