-- Of pages that an application named, or a rule that no address tells, what their addresses are as
-- referers. It is part of the dictionary's key, as the page is. 0: the page itself, and of all that
-- came before.

create temp table resource_before as
select id, name, page from resource;

drop table resource;
create table resource (
  id integer primary key,
  name text not null,
  page integer not null references page,
  address_page integer not null default 0 references page
);
insert into resource (id, name, page)
select id, name, page
from temp.resource_before;
drop table temp.resource_before;

create unique index resource_of_names on resource (name, page, address_page);
