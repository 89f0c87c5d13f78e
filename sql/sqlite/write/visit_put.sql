-- Stores visits as they are now.
insert or fail into visit ({visit_columns})
select {visit_columns}
from batch_visit
where true
on conflict (id) do update set
  {visit_updates}
