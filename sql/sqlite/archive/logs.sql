-- Of an archive: how far access logs were imported.
select
  'log' as log,
  lower(hex(head)) as head,
  head_length as head_length,
  lower(hex(tail)) as tail,
  tail_length as tail_length,
  position as position,
  lines as lines,
  rejected as rejected,
  first as first,
  last as last,
  name as name
from import
order by number
