-- report: AI: what each operator's robots take, and the visits that it sends
-- order: 257
-- column: operator text key
-- column: train_pages count
-- column: index_pages count
-- column: fetch_pages count
-- column: bytes bytes
-- column: time_us took
-- column: visits count
-- column: from_search count
-- column: ratio text
-- sort: train_pages descending
-- robots: always
-- engine: sqlite
-- Taken: page views by robots of class ai. Sent: visits of people from its assistants and its search engine.
-- Hits are read, of the days that have them.
with taken as (
    select
      operator.name as operator,
      coalesce(sum(hit.pageview) filter (where operator.purpose = 1), 0) as train_pages,
      coalesce(sum(hit.pageview) filter (where operator.purpose = 2), 0) as index_pages,
      coalesce(sum(hit.pageview) filter (where operator.purpose = 3), 0) as fetch_pages,
      sum(hit.pageview) as pages,
      sum(hit.bytes) as bytes,
      sum(min(hit.duration_us, 17592186044416)) as time_us
    from hit
    join agent on agent.id = hit.agent
    join operator on operator.id = agent.operator
    where hit.id >= :since
      and hit.id < :until
      and hit.robot = 2
      and {filters}
    group by operator.name
),
sent as (
    select
      assistant.operator as operator,
      count(*) as visits,
      sum(source.channel = 3) as from_search
    from visit
    join source on source.id = visit.source
    join assistant on assistant.source = source.name
    where visit.counted >= :since >> 24
      and visit.counted < :until >> 24
      and visit.pageviews > 0
      and visit.robot = 0
      and {visit_filters}
    group by assistant.operator
)
select
  every.operator as operator,
  coalesce(taken.train_pages, 0) as train_pages,
  coalesce(taken.index_pages, 0) as index_pages,
  coalesce(taken.fetch_pages, 0) as fetch_pages,
  coalesce(taken.bytes, 0) as bytes,
  coalesce(taken.time_us, 0) as time_us,
  coalesce(sent.visits, 0) as visits,
  coalesce(sent.from_search, 0) as from_search,
  case
    when coalesce(taken.pages, 0) < 10 or coalesce(sent.visits, 0) = 0 then '–'
    when taken.pages >= 10 * sent.visits
    then printf('%d : 1', (2 * taken.pages + sent.visits) / (2 * sent.visits))
    else printf('%d.%d : 1', (20 * taken.pages + sent.visits) / (2 * sent.visits) / 10,
                (20 * taken.pages + sent.visits) / (2 * sent.visits) % 10)
  end as ratio
from (
  select operator from taken
  union
  select operator from sent where visits > from_search
) as every
left join taken on taken.operator = every.operator
left join sent on sent.operator = every.operator
