-- The next day whose sets of visitors have to be made anew.
select min(day)
from temp.touched_day
where day > :day
