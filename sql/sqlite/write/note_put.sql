-- Keeps a note. One that is here, and has grown elsewhere, is not counted twice.
insert into note (kind, at, until, site, text, times, hits)
values (:kind, :at, :until, :site, :text, :times, :hits)
on conflict (kind, at, site, text) do update set
  until = max(until, excluded.until),
  times = max(times, excluded.times),
  hits = max(hits, excluded.hits)
