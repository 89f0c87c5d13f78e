-- Ids that point nowhere: table, row and what it should point to.
select "table", rowid, parent
from pragma_foreign_key_check
