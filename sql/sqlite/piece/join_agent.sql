-- The agent of a row.
left join agent on agent.id = {row}.agent
