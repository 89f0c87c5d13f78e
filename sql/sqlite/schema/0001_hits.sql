-- One row a hit, clustered by time; every text once, in a dictionary of its own. In each dictionary
-- row 0 is the empty text and row 1 stands for what came after its daily ceiling.

create table store (
  key text not null primary key,
  value
) without rowid;

create table kind (id integer primary key, name text not null unique);
insert into kind values
  (0, 'other'), (1, 'page'), (2, 'asset'), (3, 'feed'), (4, 'download'), (5, 'api'), (6, 'prefetch');

create table channel (id integer primary key, name text not null unique);
insert into channel values
  (0, 'direct'), (1, 'internal'), (2, 'website'), (3, 'search'), (4, 'social'), (5, 'ai'),
  (6, 'mail'), (7, 'campaign');

create table robot (id integer primary key, name text not null unique);
insert into robot values
  (0, 'none'), (1, 'search'), (2, 'ai'), (3, 'feed'), (4, 'monitor'), (5, 'preview'), (6, 'tool'),
  (7, 'other');

create table site (id integer primary key, name text not null unique);
create table method (id integer primary key, name text not null unique);
create table language (id integer primary key, name text not null unique);
create table country (id integer primary key, name text not null unique);
create table domain (id integer primary key, name text not null unique);
create table searchterms (id integer primary key, name text not null unique);
create table page (id integer primary key, name text not null unique);
create table browser (id integer primary key, name text not null unique);
create table platform (id integer primary key, name text not null unique);

insert into site values (0, ''), (1, '(other)');
insert into method values (0, ''), (1, '(other)');
insert into language values (0, ''), (1, '(other)');
insert into country values (0, ''), (1, '(other)');
insert into domain values (0, ''), (1, '(other)');
insert into searchterms values (0, ''), (1, '(other)');
insert into page values (0, ''), (1, '(other)');
insert into browser values (0, ''), (1, '(other)');
insert into platform values (0, ''), (1, '(other)');

-- A derived value is part of the key: when a rule changes, new hits get a new row and old hits keep
-- what they were given.
create table resource (
  id integer primary key,
  name text not null,
  page integer not null references page,
  unique (name, page)
);
insert into resource values (0, '', 0), (1, '(other)', 1);

create table referer (
  id integer primary key,
  name text not null unique,
  domain integer not null references domain
);
insert into referer values (0, '', 0), (1, '(other)', 1);

create table source (
  id integer primary key,
  name text not null,
  channel integer not null references channel,
  unique (name, channel)
);
insert into source values (0, '', 0), (1, '(other)', 2);

create table browser_version (
  id integer primary key,
  browser integer not null references browser,
  version text not null,
  unique (browser, version)
);
insert into browser_version values (0, 0, ''), (1, 1, '');

create table platform_version (
  id integer primary key,
  platform integer not null references platform,
  version text not null,
  unique (platform, version)
);
insert into platform_version values (0, 0, ''), (1, 1, '');

create table agent (
  id integer primary key,
  name text not null,
  browser integer not null references browser_version,
  version_full text not null,
  platform integer not null references platform_version,
  robot integer not null references robot,
  unique (name, browser, platform, robot, version_full)
);
insert into agent values (0, '', 0, '', 0, 7), (1, '(other)', 1, '', 1, 0);

-- id: seconds since 1970 in the upper bits, a counter within the second in the lower 24.
-- visit: the id of its visit, 0 when its visitor is not kept.
-- address: an IPv4 address as a number, an IPv6 address as text, '' when none was kept.
create table hit (
  id integer primary key,
  site integer not null references site,
  address not null,
  language integer not null references language,
  country integer not null references country,
  referer integer not null references referer,
  source integer not null references source,
  searchterms integer not null references searchterms,
  resource integer not null references resource,
  agent integer not null references agent,
  visit integer not null,
  robot integer not null references robot,
  kind integer not null references kind,
  pageview integer not null,
  download integer not null,
  method integer not null references method,
  protocol integer not null,
  status integer not null,
  bytes integer not null,
  duration_us integer not null,
  flags integer not null
);

-- How far each journal was loaded: it moves in the transaction that writes the hits. loaded counts
-- the records that were taken from it, stored the rows that were made of them.
create table journal (
  uuid blob not null primary key,
  segment integer not null,
  position integer not null,
  record integer not null,
  loaded integer not null,
  stored integer not null
) without rowid;

-- The counters of each ring: at its first sight (what was before belongs to another store) and now.
-- Ring 0 is the recorder itself.
create table ledger (
  ring integer not null,
  counter text not null,
  base integer not null,
  value integer not null,
  primary key (ring, counter)
) without rowid;

-- The numbers that the old wp_slim_stats table had for names.
create table slim_id (
  kind text not null,
  name text not null,
  number integer not null,
  primary key (kind, name)
) without rowid;
