-- The rows that are shown.
select {columns}
from temp.answer
order by {order}
limit :limit offset :offset
