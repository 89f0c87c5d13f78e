-- Of all hits of the visits concerned, those that are called differently.
update temp.affected_hit set is_removed = 1
where id in (select id from temp.removed_hit)
