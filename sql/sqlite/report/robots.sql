-- Who comes without reading.
select
  case browser.name when '' then agent.name else browser.name end as robot,
  robot.name as class,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes
from hit
join robot on robot.id = hit.robot
join agent on agent.id = hit.agent
join browser on browser.id = agent.browser
where hit.id >= :since
  and hit.id < :until
  and hit.robot <> 0
  and {filters}
group by 1, robot.id
