-- A session that stays as it was divided by older rules, since its hits are gone.
update session set rules = :rules
where id = :id
