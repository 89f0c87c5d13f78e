-- Since when all rows are there, when older ones were deleted.
select cast(value as integer)
from store
where key = 'rows_from'
