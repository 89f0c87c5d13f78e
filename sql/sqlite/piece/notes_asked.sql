-- Notes of a period. Filters by site hold for those that name one; other filters are of hits.
from (select id, kind, at, until, site as name, text, times, hits from note) as note
where note.at < :until >> 24
  and note.until >= :since >> 24
  and {note_sites}
