-- Notes a page's title; of two the newer one stays, in whatever order they come.
insert into page_title (site, page, title, time_us)
values (:site, :page, :title, :time_us)
on conflict (site, page) do update set
  title = excluded.title,
  time_us = excluded.time_us
where excluded.time_us >= page_title.time_us
  and excluded.title <> page_title.title
