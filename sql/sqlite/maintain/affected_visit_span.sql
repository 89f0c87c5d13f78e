-- When those visits began and ended.
select min(visit.began), max(visit.ended)
from temp.affected_visit
join visit on visit.id = affected_visit.id
