-- The keys of the rows that are shown, in the same order as rows.sql has.
insert into temp.shown
select key, site_key
from temp.answer
order by {order}
limit :limit offset :offset
