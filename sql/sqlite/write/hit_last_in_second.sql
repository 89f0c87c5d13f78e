-- The highest number given within a second.
select max(id)
from hit
where id between :first and :last
