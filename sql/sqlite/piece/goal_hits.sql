-- The hits of a visit that reach a goal.
select hit.id
from hit
where hit.visit = visit.id
  and {after_goal}
  and {goal_conditions}
