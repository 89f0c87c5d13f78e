-- Hits of an address.
exists (
  select 1
  from (
    select case typeof(hit.address)
      when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                                 (hit.address >> 8) & 255, hit.address & 255)
      else hit.address
    end as name
  )
  where {match}
)
