-- Hits of robots that are for something.
hit.robot not in (0, 8) and hit.agent in (
  select agent.id
  from agent
  join operator on operator.id = agent.operator
  where operator.purpose in (select id from purpose where {match})
)
