-- Records ever taken from journals, and hits ever stored of them.
select coalesce(sum(loaded), 0), coalesce(sum(stored), 0)
from journal
