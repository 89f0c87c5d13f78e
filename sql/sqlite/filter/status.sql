-- Hits with a status code, 404, or of a class of them, 4xx. Codes are looked at once, and not with each hit;
-- above 999 there are none but in archives.
(
  hit.status in (
    with recursive code (status) as (
      select 0
      union all
      select status + 1
      from code
      where status < 999
    )
    select code.status
    from code
    where exists (
      select 1
      from (
        select cast(code.status as text) as name
        union all
        select (code.status / 100) || 'xx'
      )
      where {match}
    )
  )
  or hit.status > 999 and exists (
    select 1
    from (
      select cast(hit.status as text) as name
      union all
      select (hit.status / 100) || 'xx'
    )
    where {match}
  )
)
