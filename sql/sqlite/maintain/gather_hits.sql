-- Adds a day's hits to their visits.
insert into temp.gathered (id, hits, pageviews, opened, closed, assets, marks)
select
  visit,
  count(*),
  sum(pageview),
  min(id) >> 24,
  max(id) >> 24,
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
  closed = excluded.closed
