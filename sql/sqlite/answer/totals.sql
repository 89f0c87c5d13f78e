-- How many rows there are, and what they add up to.
select
  count(*) as rows,
  {sites} as sites,
  {totals}
from temp.answer
