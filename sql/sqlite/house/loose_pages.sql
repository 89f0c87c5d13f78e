-- Remembers the pages of resources that may go.
insert or ignore into temp.loose (kind, id)
select 'page', page
from resource
where id in (select id from temp.loose where kind = 'resource')
