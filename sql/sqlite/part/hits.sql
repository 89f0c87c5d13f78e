-- Passes each hit of a period to C to be added up.
select slim_add_hits(
  hit.visit,
  hit.robot,
  hit.site,
  hit.pageview,
  {unshown},
  hit.status >= 400,
  hit.bytes,
  {time},
  {visitor}
  {hit_keys}
)
from hit
{joins}
where hit.id >= :since
  and hit.id < :until
  and {class}
  and {robots}
  and {own_filters}
  and {shown_hits}
