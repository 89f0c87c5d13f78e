-- Notes how a recorder is.
insert into recorder (uuid, server, state, heard, waiting)
values (:uuid, :server, :state, :heard, :waiting)
on conflict (uuid) do update set
  server = excluded.server,
  state = excluded.state,
  heard = excluded.heard,
  waiting = excluded.waiting
