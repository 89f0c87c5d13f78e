-- Whether a visitor had a counted visit before a time.
select exists (
  select 1
  from visit
  where visitor = :visitor
    and began < :second
    and pageviews > 0
)
