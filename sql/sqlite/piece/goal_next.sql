-- The page view before it reached the goal before.
(
  select max(before.id)
  from hit as before
  where before.visit = visit.id
    and before.pageview = 1
    and before.id < hit.id
) in ({goal_step})
