-- A visit is what a person does: acts without a long gap. All hits of a visitor without one are a
-- session; a session's hits are divided into visits, and those that belong to none are its rest, a row
-- of visit without acts.

-- Days in whose sets of visitors somebody may be who is in none of their page views any more.
create table stale_day (day integer primary key);

-- id: that of the hit that opened it. rules: the number of those that it was divided by; timeout: the
-- time limit then, in seconds. By rules 1 it was
-- one visit, from its first hit to its last, whatever these were.
create table session (
  id integer primary key,
  visitor integer not null,
  began integer not null,
  ended integer not null,
  rules integer not null,
  timeout integer not null
);
create index session_of_visitor on session (visitor, began);
insert into session (id, visitor, began, ended, rules, timeout)
select id, visitor, began, ended, 1, 0
from visit;
create index session_of_old on session (id) where rules < 2;

-- opened, closed: first and last of all its hits; began, ended: of its acts. counted: the second that the visit is counted in, that of its first page view.
alter table visit add column opened integer not null default 0;
alter table visit add column closed integer not null default 0;
alter table visit add column counted integer not null default 0;
alter table visit add column acts integer not null default 0;
update visit set opened = began, closed = ended, counted = began, acts = pageviews;
create index visit_by_time on visit (counted);

-- Where each hit came from, not its visit alone.
alter table hit add column campaign integer not null default 0;
update hit set campaign = visit.campaign
from visit
where visit.campaign <> 0
  and visit.entry_hit = hit.id;

-- shown: of a prefetched page how many seconds later it was shown, and 1; 0: it was not.
alter table hit add column shown integer not null default 0;

-- Bit 18 of flags: the first search of a visit for its words. By now each page view with words was one.
update hit set flags = flags | 1 << 18
where pageview = 1
  and searchterms <> 0
  and flags >> 16 & 1;

-- What a visit counts once, to be found in one of many hits.
create index hit_counted on hit (visit) where download = 1 or flags >> 18 & 1;

-- page: the page that a referer of the hit's own site is; that of the resource with the same address.
alter table referer add column page integer not null default 0;
update referer set page = resource.page
from resource
where resource.name = substr(
    referer.name,
    instr(referer.name, '://') + 2 + instr(substr(referer.name, instr(referer.name, '://') + 3), '/'))
  and referer.id in (select hit.referer from hit where hit.flags >> 17 & 1);
