-- The order of two pages by their bytes: below, at or above 0.
select (a.name > b.name) - (a.name < b.name)
from page as a
cross join page as b
where a.id = :a
  and b.id = :b
