-- Hits that are not those of robots.
hit.robot = 0
