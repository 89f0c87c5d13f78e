-- Of an archive: notes.
select
  'note' as note,
  kind as kind,
  at as at,
  until as until,
  site as site,
  text as text,
  times as times,
  hits as hits
from note
order by at, id
