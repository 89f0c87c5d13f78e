-- report: robots and their classes
-- order: 250
-- dimension: robot
-- column: robot text
-- column: class text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- column: errors count
-- sort: hits descending
-- robots: always
-- engine: sqlite
-- Robots by name; one without a family is shown with its whole User-Agent.
select
  case browser.name when '' then agent.name else browser.name end as robot,
  robot.name as class,
  sum(part.hits) as hits,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors
from temp.part as part
join agent on agent.id = part.key & 1099511627775
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join robot on robot.id = part.key >> 40
group by 1, robot.id
