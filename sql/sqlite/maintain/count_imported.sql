-- How many rows say that they were imported.
select count(*)
from hit
where flags & :imported
