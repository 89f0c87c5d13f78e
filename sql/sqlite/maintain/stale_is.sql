-- Whether the sets of visitors of a day are to be made anew.
select exists (select 1 from stale_day where day = :day)
