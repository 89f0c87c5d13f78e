-- Forgets search terms that no hit, visit or rollup has; see the table of dimensions for their keys.
delete from searchterms
where id > 1
  and id in (select id from temp.loose where kind = 'searchterms')
  and id not in (
    select searchterms from hit
    union select searchterms from visit
    union select key >> 31 from rollup where dimension in (18, 19)
  )
