-- Stores one hit.
insert into hit (
  id, site, address, language, country, referer, source, searchterms, resource, agent, visit,
  robot, kind, pageview, download, method, protocol, status, bytes, duration_us, flags,
  place, network, marks
) values (
  :id, :site, :address, :language, :country, :referer, :source, :searchterms, :resource, :agent,
  :visit, :robot, :kind, :pageview, :download, :method, :protocol, :status, :bytes, :duration_us,
  :flags, :place, :network, :marks
)
