-- Changes what a session makes of a hit.
update hit set
  visit = :visit,
  pageview = :pageview,
  download = :download,
  shown = :shown,
  flags = :flags
where id = :id
