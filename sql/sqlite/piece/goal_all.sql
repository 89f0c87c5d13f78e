-- Where a funnel begins: all visits that are asked about.
select 0 as number, '' as name, count(*) as reached, count(distinct visitor) as visitors, count(*) as visits
from asked
