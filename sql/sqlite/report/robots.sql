-- Who reads without being a person.
select
  browser.name as robot,
  robot.name as class,
  sum(part.hits) as hits,
  sum(part.pageviews) as pageviews,
  sum(part.bytes) as bytes,
  sum(part.errors) as errors
from temp.part as part
join browser_version on browser_version.id = part.key & 1099511627775
join browser on browser.id = browser_version.browser
join robot on robot.id = part.key >> 40
group by browser.id, robot.id
