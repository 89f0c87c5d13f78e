-- Some sessions that were divided by older rules, the newest.
select id, visitor, began, ended, rules
from session
where rules < {session_rules}
order by id desc
limit :sessions
