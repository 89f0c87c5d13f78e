-- A goal, and the visits that reached it.
select
  {step_number} as number,
  :goal{goal_number} as name,
  coalesce(sum(one.is_reached), 0) as reached,
  count(distinct case when one.is_reached then one.visitor end) as visitors,
  count(*) as visits
from (
  select visit.visitor as visitor, ({goal_step}) is not null as is_reached
  from asked as visit
) as one
