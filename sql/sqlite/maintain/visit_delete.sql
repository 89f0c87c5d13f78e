-- Deletes the visits that lose a hit, before their remaining hits are divided into visits again.
delete from visit
where id in (select id from temp.affected_visit)
