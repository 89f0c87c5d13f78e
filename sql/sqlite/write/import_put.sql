-- Notes how far a log was imported, in the transaction that stores its hits.
insert into import (
  head, head_length, tail, tail_length, position, lines, rejected, first, last, name, number
) values (
  :head, :head_length, :tail, :tail_length, :position, :lines, :rejected, :first, :last, :name, :number
)
on conflict (head, head_length) do update set
  tail = excluded.tail,
  tail_length = excluded.tail_length,
  position = excluded.position,
  lines = excluded.lines,
  rejected = excluded.rejected,
  first = excluded.first,
  last = excluded.last,
  name = excluded.name,
  number = excluded.number
