-- What a client said of itself beside its agent is part of the dictionary's key, so that stored hits
-- are named by it again when lists have changed. '?': an agent from before this was kept.

create temp table agent_before as
select id, name, browser, version_full, platform, robot from agent;

drop table agent;
create table agent (
  id integer primary key,
  name text not null,
  hints text not null,
  browser integer not null references browser_version,
  version_full text not null,
  platform integer not null references platform_version,
  robot integer not null references robot
);
insert into agent
select id, name, case when id > 1 then '?' else '' end, browser, version_full, platform, robot
from temp.agent_before;
drop table temp.agent_before;

create unique index agent_of_names on agent (name, hints, browser, platform, robot, version_full);
