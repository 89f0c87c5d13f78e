-- What applications call their pages: the newest title, and since when. A page may have another title
-- on each site.

create table page_title (
  site integer not null references site,
  page integer not null references page,
  title text not null,
  time_us integer not null,
  primary key (site, page)
) without rowid;
