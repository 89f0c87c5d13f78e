-- People only.
robot.id = 0
