-- Visits that are not those of robots.
visit.robot = 0
