-- Of an archive: what pages are called, and since when.
select
  'title' as title,
  site.name as site,
  page.name as page,
  page_title.time_us as time_us,
  page_title.title as name
from page_title
cross join site on site.id = page_title.site
cross join page on page.id = page_title.page
order by page_title.site, page_title.page
