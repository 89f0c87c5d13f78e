-- report: whether robots come from the addresses that their operators publish
-- order: 261
-- column: robot text
-- column: operator text
-- column: purpose text
-- column: proof text
-- column: hits count
-- column: pageviews count
-- column: bytes bytes
-- column: addresses number
-- column: last_seen seconds
-- sort: hits descending
-- robots: always
-- engine: sqlite
-- Of robots whose operator is known. Marks 4096 and 8192 are of the hit as it was stored; open is what nobody can say.
select
  case browser.name when '' then agent.name else browser.name end as robot,
  operator.name as operator,
  purpose.name as purpose,
  case when hit.marks & 8192 then 'false' when hit.marks & 4096 then 'range' else 'open' end as proof,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes,
  count(distinct hit.address) as addresses,
  max(hit.id) >> 24 as last_seen
from hit
join agent on agent.id = hit.agent
join operator on operator.id = agent.operator
join purpose on purpose.id = operator.purpose
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
where hit.id >= :since
  and hit.id < :until
  and hit.robot not in (0, 8)
  and agent.operator <> 0
  and {filters}
group by 1, operator.id, 4
