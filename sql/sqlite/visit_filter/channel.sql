-- Visits that came through a channel.
visit.source in (
  select id
  from source
  where channel in (select id from channel where {match})
)
