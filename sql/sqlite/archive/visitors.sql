-- Of an archive: visitors whose visits are gone, and when they came last.
select
  'visitor' as visitor,
  printf('%016x', id) as hash,
  last as last
from past_visitor
order by id
