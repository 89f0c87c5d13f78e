-- report: robots: whose, what for, and what they take
-- order: 250
-- dimension: robot
-- column: robot text
-- column: class text
-- column: operator text
-- column: purpose text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- column: errors count
-- column: error_rate percent = errors / hits
-- column: time_us took
-- sort: hits descending
-- robots: always
-- engine: sqlite
-- Robots by name; one without a family is shown with its whole User-Agent.
select
  case browser.name when '' then agent.name else browser.name end as robot,
  robot.name as class,
  operator.name as operator,
  purpose.name as purpose,
  sum(part.hits) as hits,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors,
  sum(part.duration) as time_us
from temp.part as part
join agent on agent.id = part.key & 1099511627775
join operator on operator.id = agent.operator
join purpose on purpose.id = operator.purpose
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join robot on robot.id = part.key >> 40
group by 1, robot.id, operator.id
