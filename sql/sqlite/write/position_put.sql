-- Moves the position of a journal, in the transaction that stores its hits.
insert into journal (uuid, segment, position, record, loaded, stored)
values (:uuid, :segment, :position, :record, :loaded, :stored)
on conflict (uuid) do update set
  segment = excluded.segment,
  position = excluded.position,
  record = excluded.record,
  loaded = loaded + excluded.loaded,
  stored = stored + excluded.stored
