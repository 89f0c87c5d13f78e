-- report: search terms of the site's own search page
-- order: 130
-- dimension: localsearch
-- column: searchterms text
-- column: searches count
-- column: pageviews count
-- sort: searches descending
-- engine: sqlite
-- What people searched for on the site itself, and how many of the searches showed a page of results: the
-- others led on to the one page that was found. Words of before may have capital letters.
select
  lower(searchterms.name) as searchterms,
  sum(part.hits) as searches,
  sum(part.pageviews) as pageviews
from temp.part as part
join searchterms on searchterms.id = part.key >> 31
group by 1
