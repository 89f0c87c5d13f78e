-- How requests were answered.
select
  part.key as status,
  sum(part.hits) as hits,
  sum(part.bytes) as bytes
from temp.part as part
group by part.key
