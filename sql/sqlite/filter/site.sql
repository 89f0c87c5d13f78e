-- Hits of a virtual host.
hit.site in (select id from site where {match})
