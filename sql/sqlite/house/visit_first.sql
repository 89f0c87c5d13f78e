-- A visitor's first visit that counts.
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
  agent.platform,
  visit.visitor
from visit
join agent on agent.id = visit.agent
where visit.visitor = :visitor
  and visit.pageviews > 0
order by visit.began
limit 1
