-- Stores a visit as it is now.
insert into visit ({visit_columns})
values ({visit_values})
on conflict (id) do update set
  {visit_updates}
