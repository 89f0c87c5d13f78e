-- report: what happened: releases, restarts, outages, changes, maintenance
-- order: 22
-- column: note number key
-- column: time seconds
-- column: until seconds
-- column: kind text
-- column: site text
-- column: text text
-- column: times number
-- column: hits number
-- sort: time descending
-- limit: 50
-- robots: always
-- outlive: hits
-- engine: sqlite
-- Whoever sees some sites alone is not told how many hits all of them had.
select
  note.id as note,
  note.at as time,
  note.until as until,
  note.kind as kind,
  note.name as site,
  note.text as text,
  note.times as times,
  {note_hits} as hits
{notes_asked}
