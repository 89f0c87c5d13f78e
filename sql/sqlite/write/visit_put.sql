-- Stores a visit as it is now.
insert into visit (
  id, visitor, began, ended, hits, pageviews, entry_hit, exit_hit,
  entry, exit, source, searchterms, campaign, referer, site,
  country, language, agent, robot, fresh, place, network, marks, assets
) values (
  :id, :visitor, :began, :ended, :hits, :pageviews, :entry_hit, :exit_hit,
  :entry, :exit, :source, :searchterms, :campaign, :referer, :site,
  :country, :language, :agent, :robot, :fresh, :place, :network, :marks, :assets
)
on conflict (id) do update set
  began = excluded.began,
  ended = excluded.ended,
  hits = excluded.hits,
  pageviews = excluded.pageviews,
  entry_hit = excluded.entry_hit,
  exit_hit = excluded.exit_hit,
  entry = excluded.entry,
  exit = excluded.exit,
  source = excluded.source,
  searchterms = excluded.searchterms,
  campaign = excluded.campaign,
  referer = excluded.referer,
  country = excluded.country,
  language = excluded.language,
  agent = excluded.agent,
  robot = excluded.robot,
  fresh = excluded.fresh,
  place = excluded.place,
  network = excluded.network,
  marks = excluded.marks,
  assets = excluded.assets
