-- The notes beside the course of a period, the newest of them.
select note.id, note.at, note.until, note.kind, note.name, note.text, note.times, {note_hits}
{notes_asked}
order by note.at desc, note.id desc
limit :notes
