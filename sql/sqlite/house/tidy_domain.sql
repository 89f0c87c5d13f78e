-- Forgets domains that no referer has.
delete from domain
where id > 1
  and id in (select id from temp.loose where kind = 'domain')
  and id not in (select domain from referer)
