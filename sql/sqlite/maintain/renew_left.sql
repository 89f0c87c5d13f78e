-- How many sessions were divided by older rules.
select count(*)
from session
where rules < {session_rules}
