-- Remembers the visitors of the visits that are deleted next.
insert into past_visitor (id, last)
select visitor, max(counted)
from (
  select visitor, counted, pageviews
  from visit
  where counted < :before
    and closed < :before
  order by counted
  limit :rows
)
where pageviews > 0
group by visitor
on conflict (id) do update set
  last = max(last, excluded.last)
