-- Notes that a visitor had come, of whom there are no visits here.
insert into past_visitor (id, last)
select :visitor, :last
where not exists (select 1 from visit where visitor = :visitor and pageviews > 0)
on conflict (id) do update set
  last = max(last, excluded.last)
