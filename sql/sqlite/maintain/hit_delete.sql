-- Deletes the hits to be removed.
delete from hit
where id in (select id from temp.affected_hit where is_removed)
