-- Remembers the entries that these entries refer to.
insert or ignore into temp.loose (kind, id)
select :part, {column}
from {table}
where id in (select id from temp.loose where kind = :kind)
