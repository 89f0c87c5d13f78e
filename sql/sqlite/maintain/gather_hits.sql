-- Adds a day's hits to their visits.
insert into temp.gathered (id, hits, pageviews, began, ended, entry_hit, exit_hit, assets, marks)
select
  visit,
  count(*),
  sum(pageview),
  min(id) >> 24,
  max(id) >> 24,
  coalesce(min(id) filter (where pageview = 1), 0),
  coalesce(max(id) filter (where pageview = 1), 0),
  sum(kind = 2),
  max(marks & 1) | max(marks & 2) | max(marks & 4)
from hit
where id >= :since
  and id < :until
  and visit <> 0
group by visit
on conflict (id) do update set
  hits = hits + excluded.hits,
  assets = assets + excluded.assets,
  marks = marks | excluded.marks,
  pageviews = pageviews + excluded.pageviews,
  ended = excluded.ended,
  entry_hit = case entry_hit when 0 then excluded.entry_hit else entry_hit end,
  exit_hit = case excluded.exit_hit when 0 then exit_hit else excluded.exit_hit end
