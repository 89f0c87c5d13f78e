-- Hits of a channel.
hit.source in (select id from source where channel in (select id from channel where {match}))
