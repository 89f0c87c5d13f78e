-- Hits of the robots of an operator.
hit.robot not in (0, 8) and hit.agent in (
  select agent.id
  from agent
  where agent.operator in (select id from operator where {match})
)
