-- The order of two methods by their bytes: below, at or above 0.
select (a.name > b.name) - (a.name < b.name)
from method as a
cross join method as b
where a.id = :a
  and b.id = :b
