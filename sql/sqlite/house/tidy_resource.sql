-- Forgets resources that no hit has.
delete from resource
where id > 1
  and id in (select id from temp.loose where kind = 'resource')
  and id not in (select resource from hit)
