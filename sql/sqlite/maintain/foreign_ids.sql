-- References to rows that are missing: table, row and what it should refer to.
select "table", rowid, parent
from pragma_foreign_key_check
