-- The first hit of a visit that reaches a goal, behind the one that reached the goal before it.
select min(hit.id)
from hit
where hit.visit = visit.id
  and {after_goal}
  and {goal_conditions}
