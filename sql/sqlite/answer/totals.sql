-- How many rows there are, and what they add up to.
select
  count(*) as rows,
  {totals}
from temp.answer
