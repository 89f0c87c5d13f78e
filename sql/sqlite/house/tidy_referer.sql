-- Forgets referers that no hit, visit or rollup has; see the table of dimensions for their keys.
delete from referer
where id > 1
  and id in (select id from temp.loose where kind = 'referer')
  and id not in (
    select referer from hit
    union select referer from visit
    union select key from rollup where dimension = 20
    union select key >> 1 & 2147483647 from rollup where dimension = 7
  )
