-- The hour, day, … of a hit, and what its robot is for.
slim_bucket(hit.id >> 24) << 4 | (
  select operator.purpose
  from agent
  join operator on operator.id = agent.operator
  where agent.id = hit.agent
)
