-- Notes a log that another store has imported, under a number of this one, unless it is known here.
insert into import (
  head, head_length, tail, tail_length, position, lines, rejected, first, last, name, number
)
select
  :head, :head_length, :tail, :tail_length, :position, :lines, :rejected, :first, :last, :name,
  max(coalesce(max(number), 0), :above) + 1
from import
where true
on conflict (head, head_length) do nothing
