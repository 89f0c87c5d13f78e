-- Hits of robots.
hit.robot <> 0
