-- report: who runs the robots, and what they take
-- order: 252
-- dimension: robot
-- column: operator text
-- column: robots number
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- column: errors count
-- column: error_rate percent = errors / hits
-- column: time_us took
-- sort: hits descending
-- robots: always
-- engine: sqlite
-- All robots of an operator; the empty one has those of whom nobody is known.
select
  operator.name as operator,
  count(distinct case browser.name when '' then agent.name else browser.name end) as robots,
  sum(part.hits) as hits,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors,
  sum(part.duration) as time_us
from temp.part as part
join agent on agent.id = part.key & 1099511627775
join operator on operator.id = agent.operator
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
where part.robot <> 8
group by operator.name
