-- The visits of hits that match the filters, before and behind a period in which these visits are counted.
select hit.visit as visit
from hit
where hit.id >= ({first_opened}) << 24
  and hit.id < :since
  and {robots}
  and {filters}
union all
select hit.visit
from hit
where hit.id >= :until
  and hit.id < (({last_closed}) + 1) << 24
  and {robots}
  and {filters}
