-- The visits that lose a hit, as they were.
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
from temp.going_visit
join visit on visit.id = going_visit.id
join agent on agent.id = visit.agent
