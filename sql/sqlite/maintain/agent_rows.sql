-- Agents that are robots, among some, with whose they are and what for.
select
  agent.id,
  agent.name,
  agent.hints,
  agent.hints = '?',
  agent.robot,
  operator.name,
  operator.purpose
from agent
join operator on operator.id = agent.operator
where agent.id > :after
  and agent.id <= :last
  and agent.robot <> 0
order by agent.id
