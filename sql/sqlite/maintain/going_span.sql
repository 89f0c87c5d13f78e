-- When those visits began and ended.
select min(visit.began), max(visit.ended)
from temp.going_visit
join visit on visit.id = going_visit.id
