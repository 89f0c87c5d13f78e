-- A day whose sets of visitors are to be made anew, the newest.
select max(day)
from stale_day
