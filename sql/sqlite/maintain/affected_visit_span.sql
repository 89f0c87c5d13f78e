-- When the first hit of those visits was, and the last.
select min(visit.opened), max(visit.closed)
from temp.affected_visit
join visit on visit.id = affected_visit.id
