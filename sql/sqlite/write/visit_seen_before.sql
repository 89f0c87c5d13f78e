-- Whether a visitor had a counted visit before a time, or one that was deleted.
select exists (
    select 1
    from visit
    where visitor = :visitor
      and began < :second
      and pageviews > 0
  )
  or exists (select 1 from past_visitor where id = :visitor)
