-- Forgets pages that no resource, visit or rollup has; see the table of dimensions for their keys.
delete from page
where id > 1
  and id in (select id from temp.loose where kind = 'page')
  and id not in (
    select page from resource
    union select entry from visit
    union select exit from visit
    union select key from rollup where dimension in (3, 4, 5, 6)
    union select key >> 32 from rollup where dimension = 7
    union select key >> 10 from rollup where dimension = 8
  )
