-- Notes a day whose sets of visitors have to be made anew.
insert or ignore into stale_day (day)
values (:day)
