-- Visits that reached a goal, or several one after the other.
{goal_reached}
