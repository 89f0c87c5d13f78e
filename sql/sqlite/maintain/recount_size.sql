-- How many keys were recounted, and how many of them have a set of visitors.
select count(distinct bucket || ' ' || site || ' ' || robot || ' ' || key), count(hashes)
from temp.recount
