-- The newest agent.
select coalesce(max(id), 0)
from agent
