-- The number of a resource that stands for a page.
select id
from resource
where name = :name
  and page = :page
