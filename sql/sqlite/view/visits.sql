-- Those that count: with a page view. The mark posts is as in reports: of POSTs that are no acts, three or
-- more of a visitor on a day without a page view by GET.
drop view if exists visits;
create view visits as
select
  visit.id as visit,
  strftime('%Y-%m-%dT%H:%M:%SZ', visit.began, 'unixepoch') as began,
  strftime('%Y-%m-%dT%H:%M:%SZ', visit.ended, 'unixepoch') as ended,
  site.name as site,
  printf('%016x', visit.visitor) as visitor,
  entry.name as entry,
  exit.name as exit,
  visit.pageviews as pageviews,
  visit.hits as hits,
  case when visit.pageviews > 1 then visit.ended - visit.began else 0 end as duration,
  visit.pageviews = 1 as bounce,
  visit.fresh as new_visitor,
  source.name as source,
  channel.name as channel,
  campaign.name as campaign,
  country.name as country,
  language.name as language,
  browser.name as browser,
  platform.name as platform,
  robot.name as robot,
  place.region as region,
  place.city as city,
  network.name as network,
  (
    select group_concat(name, ', ')
    from mark
    where (visit.marks | 1024 * exists (
      select 1
      from hit as post
      where post.visit = visit.id
        and post.kind = 1
        and post.pageview = 0
        and post.status between 200 and 299
        and post.method in (select id from method where lower(name) = 'post')
        and (
          select count(*)
          from (
            select 1
            from visit as near
            join hit as other on other.visit = near.id
            where near.visitor = visit.visitor
              and near.opened < ((post.id >> 24) / 86400 + 1) * 86400
              and near.closed >= (post.id >> 24) / 86400 * 86400
              and other.id >= (post.id >> 24) / 86400 * 86400 << 24
              and other.id < ((post.id >> 24) / 86400 + 1) * 86400 << 24
              and other.kind = 1
              and other.pageview = 0
              and other.status between 200 and 299
              and other.method = post.method
            limit 3
          )
        ) = 3
        and not exists (
          select 1
          from visit as near
          join hit as page on page.visit = near.id
          where near.visitor = visit.visitor
            and near.pageviews > 0
            and near.opened < ((post.id >> 24) / 86400 + 1) * 86400
            and near.closed >= (post.id >> 24) / 86400 * 86400
            and page.id >= (post.id >> 24) / 86400 * 86400 << 24
            and page.id < ((post.id >> 24) / 86400 + 1) * 86400 << 24
            and page.pageview = 1
            and page.method <> post.method
        )
    )) & mark.id
  ) as marks
from visit
join site on site.id = visit.site
join page as entry on entry.id = visit.entry
join page as exit on exit.id = visit.exit
join source on source.id = visit.source
join channel on channel.id = source.channel
join campaign on campaign.id = visit.campaign
join country on country.id = visit.country
join language on language.id = visit.language
join agent on agent.id = visit.agent
join browser_version on browser_version.id = agent.browser
join browser on browser.id = browser_version.browser
join platform_version on platform_version.id = agent.platform
join platform on platform.id = platform_version.platform
join robot on robot.id = visit.robot
join place on place.id = visit.place
join network on network.id = visit.network
where visit.pageviews > 0;
