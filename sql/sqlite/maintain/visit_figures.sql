-- What a visit says of its hits.
select hits, pageviews, opened, closed, assets, marks & 255
from visit
where id = :visit
