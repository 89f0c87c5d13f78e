-- Takes away the visits that lose a hit, before what remains of them is made anew.
delete from visit
where id in (select id from temp.going_visit)
