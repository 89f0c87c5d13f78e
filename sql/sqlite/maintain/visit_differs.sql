-- Ended visits that differ from their hits; hits whose visit is missing.
select
  gathered.id as id,
  visit.id is null as missing,
  gathered.hits as hits,
  visit.hits is not gathered.hits as hits_differ,
  visit.pageviews is not gathered.pageviews as pageviews_differ,
  visit.opened is not gathered.opened as opened_differs,
  visit.closed is not gathered.closed as closed_differs,
  visit.assets is not gathered.assets as assets_differ,
  visit.marks & 255 is not gathered.marks as marks_differ
from temp.gathered as gathered
left join visit on visit.id = gathered.id
where visit.id is null
  or (visit.closed < :second
    and visit.opened >= :rows_from
    and (visit.hits <> gathered.hits
      or visit.pageviews <> gathered.pageviews
      or visit.opened <> gathered.opened
      or visit.closed <> gathered.closed
      or visit.assets <> gathered.assets
      or visit.marks & 255 <> gathered.marks))
