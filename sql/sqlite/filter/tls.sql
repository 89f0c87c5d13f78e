-- Hits by a version of TLS.
hit.tls in (select id from tls where {match})
