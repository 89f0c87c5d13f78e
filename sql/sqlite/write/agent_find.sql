-- The number of an agent that was told to be this client.
select id
from agent
where name = :name
  and browser = :browser
  and platform = :platform
  and robot = :robot
  and version_full = :version_full
