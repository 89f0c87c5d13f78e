-- Notes the title of a page that another store knows; of two the newer one stays.
insert into page_title (site, page, title, time_us)
select site.id, page.id, :title, :time_us
from site
cross join page on page.name = :page
where site.name = :site
on conflict (site, page) do update set
  title = excluded.title,
  time_us = excluded.time_us
where excluded.time_us > page_title.time_us
