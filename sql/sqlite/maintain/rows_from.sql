-- From when on all rows are there; older ones were deleted.
select cast(value as integer)
from store
where key = 'rows_from'
