-- Hits with a status code, 404, or of a class of them, 4xx.
exists (
  select 1
  from (
    select cast(hit.status as text) as name
    union all
    select (hit.status / 100) || 'xx'
  )
  where {match}
)
