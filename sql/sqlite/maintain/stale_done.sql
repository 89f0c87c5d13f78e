-- The sets of visitors of a day are made anew.
delete from stale_day
where day = :day
