-- Ended visits that differ from their hits; hits whose visit is missing.
select
  gathered.id as id,
  visit.id is null as missing,
  gathered.hits as hits,
  visit.hits is not gathered.hits as hits_differ,
  visit.pageviews is not gathered.pageviews as pageviews_differ,
  visit.began is not gathered.began as began_differs,
  visit.ended is not gathered.ended as ended_differs,
  visit.entry_hit is not gathered.entry_hit as entry_differs,
  visit.exit_hit is not gathered.exit_hit as exit_differs,
  visit.assets is not gathered.assets as assets_differ,
  visit.marks & 255 is not gathered.marks as marks_differ
from temp.gathered as gathered
left join visit on visit.id = gathered.id
where visit.id is null
  or (visit.ended < :second
    and visit.began >= :rows_from
    and (visit.hits <> gathered.hits
      or visit.pageviews <> gathered.pageviews
      or visit.began <> gathered.began
      or visit.ended <> gathered.ended
      or visit.entry_hit <> gathered.entry_hit
      or visit.exit_hit <> gathered.exit_hit
      or visit.assets <> gathered.assets
      or visit.marks & 255 <> gathered.marks))
