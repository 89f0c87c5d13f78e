-- The visits that hits make up, and the rollups that reports are answered from: both change in the
-- transaction that writes the hits.

-- What links were tagged with (utm_*), or the network of a click id.
create table campaign (
  id integer primary key,
  name text not null,
  medium text not null,
  term text not null,
  content text not null,
  unique (name, medium, term, content)
);
insert into campaign values (0, '', '', '', ''), (1, '(other)', '', '', '');

-- id: that of the hit that opened the visit. began lies at most a day before it.
-- entry_hit, exit_hit: the first and last page view, 0 for none; entry, exit: their pages.
-- fresh: 1 when no earlier visit of the visitor has a page view.
create table visit (
  id integer primary key,
  visitor integer not null,
  began integer not null,
  ended integer not null,
  hits integer not null,
  pageviews integer not null,
  entry_hit integer not null,
  exit_hit integer not null,
  entry integer not null references page,
  exit integer not null references page,
  source integer not null references source,
  searchterms integer not null references searchterms,
  campaign integer not null references campaign,
  referer integer not null references referer,
  site integer not null references site,
  country integer not null references country,
  language integer not null references language,
  agent integer not null references agent,
  robot integer not null references robot,
  fresh integer not null
);
create index visit_of_visitor on visit (visitor, began);

-- The measures of a dimension's keys by day (by hour for the dimension 'hour'). dimension: a number of
-- the table in the source; bucket: days, or hours, since 1970 UTC; robot: a class.
create table rollup (
  dimension integer not null,
  bucket integer not null,
  site integer not null,
  robot integer not null,
  key integer not null,
  hits integer not null,
  pageviews integer not null,
  errors integer not null,
  bytes integer not null,
  visits integer not null,
  bounces integer not null,
  duration integer not null,
  fresh integer not null,
  primary key (dimension, bucket, site, robot, key)
) without rowid;

-- The sets of visitors that belong to rollups.
create table visitors (
  dimension integer not null,
  bucket integer not null,
  site integer not null,
  robot integer not null,
  key integer not null,
  hashes blob not null,
  primary key (dimension, bucket, site, robot, key)
) without rowid;

-- The old table: its eleven columns in its order and types, then the readable ones.
create view slim_stats as
select
  case typeof(hit.address) when 'integer' then hit.address end as remote_ip,
  language.name as language,
  country.name as country,
  referer.name as referer,
  domain.name as domain,
  searchterms.name as searchterms,
  resource.name as resource,
  coalesce(versioned_platform.number, platform_id.number, -1) as platform,
  coalesce(browser_id.number, case when hit.robot <> 0 then 34 end, -1) as browser,
  case
    when browser_id.number is null and hit.robot <> 0 then ''
    else browser_version.version
  end as version,
  hit.id >> 24 as dt,
  case typeof(hit.address)
    when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                               (hit.address >> 8) & 255, hit.address & 255)
    else hit.address
  end as ip,
  platform.name as platform_name,
  browser.name as browser_name,
  robot.name as robot,
  hit.status as status,
  hit.bytes as bytes,
  site.name as site,
  nullif(hit.visit, 0) as visit
from hit
join site on site.id = hit.site
join language on language.id = hit.language
join country on country.id = hit.country
join referer on referer.id = hit.referer
join domain on domain.id = referer.domain
join searchterms on searchterms.id = hit.searchterms
join resource on resource.id = hit.resource
join agent on agent.id = hit.agent
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = hit.robot
left join slim_id as browser_id on browser_id.kind = 'browser' and browser_id.name = browser.name
left join slim_id as platform_id on platform_id.kind = 'platform' and platform_id.name = platform.name
left join slim_id as versioned_platform
  on versioned_platform.kind = 'platform'
  and versioned_platform.name = platform.name || ' ' || platform_version.version;
