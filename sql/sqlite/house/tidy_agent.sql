-- Forgets agents that no hit and no visit has.
delete from agent
where id > 1
  and id in (select id from temp.loose where kind = 'agent')
  and id not in (select agent from hit union select agent from visit)
