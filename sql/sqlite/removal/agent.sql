-- Hits of an agent.
slim_is_removed('', 0, '', (select agent.name from agent where agent.id = hit.agent), 0)
