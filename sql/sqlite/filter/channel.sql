-- Hits of visits that came through a channel.
hit.visit in (
  select visit.id
  from visit
  join source on source.id = visit.source
  where source.channel in (select id from channel where {match})
)
