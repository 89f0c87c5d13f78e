-- Behind the hit that reached the goal before.
hit.id > ({goal_step})
