-- Remembers the domains of referers that may go.
insert or ignore into temp.loose (kind, id)
select 'domain', domain
from referer
where id in (select id from temp.loose where kind = 'referer')
