-- Hits of robots that are proved to be whose they say, or not to be; see enum slim_mark.
hit.robot not in (0, 8) and exists (
  select 1
  from (
    select case when hit.marks & 8192 then 'false' when hit.marks & 4096 then 'range' else 'open' end as name
  )
  where {match}
)
