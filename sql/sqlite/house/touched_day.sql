-- Days whose sets of visitors have to be made anew.
create temp table if not exists touched_day (day integer primary key)
