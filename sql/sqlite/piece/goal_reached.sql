-- Visits that reached the last goal of some, one after the other.
({goal_step}) is not null
