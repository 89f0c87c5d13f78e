-- The hour, day, … of an hour of rollups of robots, and what its robot is for.
slim_bucket(hit.bucket * 3600) << 4 | (
  select operator.purpose
  from agent
  join operator on operator.id = agent.operator
  where agent.id = hit.key & 1099511627775
)
