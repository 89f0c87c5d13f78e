-- Page views by day of the rows that are shown, which are numbered in the order that rows.sql has.
with listed as (
  select
    key,
    site_key,
    row_number() over (order by {order}) as number
  from temp.answer
  order by {order}
  limit :limit offset :offset
)
select
  listed.number as number,
  part.key >> 31 as day,
  sum(part.pageviews) as pageviews
from listed
join temp.part as part on part.key & 2147483647 = listed.key and part.site = listed.site_key
group by listed.number, part.key >> 31
order by day
