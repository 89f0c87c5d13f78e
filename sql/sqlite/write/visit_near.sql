-- The last visit of a visitor that began at or before a time, and what it has in common with its
-- agent's versions.
select
  visit.id,
  visit.began,
  visit.ended,
  visit.hits,
  visit.pageviews,
  visit.entry_hit,
  visit.exit_hit,
  visit.entry,
  visit.exit,
  visit.source,
  visit.searchterms,
  visit.campaign,
  visit.referer,
  visit.site,
  visit.country,
  visit.language,
  visit.agent,
  visit.robot,
  visit.fresh,
  visit.place,
  visit.network,
  visit.marks,
  visit.assets,
  agent.browser,
  agent.platform
from visit
join agent on agent.id = visit.agent
where visit.visitor = :visitor
  and visit.began <= :second
order by visit.began desc
limit 1
