-- Changes what a session makes of a hit.
update hit set
  visit = :visit,
  pageview = :pageview,
  download = :download,
  shown = :shown,
  robot = :robot,
  flags = (flags >> 32 << 32) | (:flags & 4294967295)
where id = :id
