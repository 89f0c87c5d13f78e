-- Of an archive: the second from which on all hits are there. Days before it have totals alone.
select
  'gone' as gone,
  cast(value as integer) as second
from store
where key = 'rows_from'
