-- Forgets agents that no hit, visit or rollup has; see the table of dimensions for their keys.
delete from agent
where id > 1
  and id in (select id from temp.loose where kind = 'agent')
  and id not in (
    select agent from hit
    union select agent from visit
    union select key & 1099511627775 from rollup where dimension = 15
  )
