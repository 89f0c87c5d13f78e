-- The order of two resources by their bytes: below, at or above 0.
select (a.name > b.name) - (a.name < b.name)
from resource as a
cross join resource as b
where a.id = :a
  and b.id = :b
