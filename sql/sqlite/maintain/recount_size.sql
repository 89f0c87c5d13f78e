-- How many keys were counted anew, and how many of them have a set of visitors.
select count(distinct bucket || ' ' || site || ' ' || robot || ' ' || key), count(hashes)
from temp.recount
