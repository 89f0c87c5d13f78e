-- The class that is none of robots.
robot.id = 0
