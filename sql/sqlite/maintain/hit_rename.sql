-- Gives a hit its new names.
update hit set
  agent = :agent,
  robot = :robot,
  source = :source,
  searchterms = :searchterms,
  country = :country,
  place = :place,
  network = :network,
  kind = :kind,
  flags = :flags,
  pageview = :pageview,
  download = :download,
  shown = :shown
where id = :id
