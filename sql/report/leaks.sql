-- report: paths that only scanners ask for, and that were answered
-- order: 165
-- column: path text key
-- column: status number
-- column: bytes number
-- column: kind text
-- column: hits count
-- column: clients number
-- column: first_seen seconds
-- column: last_seen seconds
-- column: open count
-- column: site text
-- sites: apart
-- sort: last_seen descending
-- since: 30d
-- robots: always
-- engine: sqlite
-- Answered with 200 or 206 and a body (mark 2048), and not as the site answers any such path: three others of
-- that day had the same size, within 2 %. Open: it was not refused since; days that follow are known by the sums
-- of errors (dimension 8). Status, size and kind are those of the last answer.
with answer_of_day as (
    select
      hit.site as site,
      hit.resource as resource,
      (hit.id >> 24) / 86400 as day,
      hit.status as status,
      hit.bytes as bytes,
      hit.kind as kind,
      max(hit.id) as last
    from hit
    where hit.id >= :since
      and hit.id < :until
      and hit.marks & 2048
      and {filters}
    group by hit.site, hit.resource, (hit.id >> 24) / 86400
),
leak as (
    select
      one.site as site,
      one.resource as resource,
      one.status as status,
      one.bytes as bytes,
      one.kind as kind,
      min(one.day) as first_day,
      max(one.last) as last
    from (
      select *
      from answer_of_day as own
      where (
        select count(*)
        from (
          select 1
          from answer_of_day as other
          where other.site = own.site
            and other.day = own.day
            and other.resource <> own.resource
            and abs(other.bytes - own.bytes) * 50 <= own.bytes
          limit 3
        )
      ) < 3
      order by own.last desc
    ) as one
    group by one.site, one.resource
)
select
  resource.name as path,
  last.status as status,
  last.bytes as bytes,
  kind.name as kind,
  count(*) as hits,
  count(distinct coalesce(visit.visitor, -hit.id)) as clients,
  min(hit.id) >> 24 as first_seen,
  leak.last >> 24 as last_seen,
  not (
    exists (
      select 1
      from hit as later
      where later.id > leak.last
        and later.id < ((leak.last >> 24) / 86400 + 1) * 86400 << 24
        and later.resource = leak.resource
        and later.site = leak.site
        and later.status >= 400
    )
    or exists (
      select 1
      from rollup
      where rollup.dimension = 8
        and rollup.bucket > (leak.last >> 24) / 86400
        and rollup.site = leak.site
        and rollup.key >> 10 = resource.page
        and rollup.hits > 0
    )
  ) as open,
  site.name as site
from leak
join hit as last on last.id = leak.last
join hit on hit.marks & 2048
  and hit.id >= leak.first_day * 86400 << 24
  and hit.id <= leak.last
  and hit.site = leak.site
  and hit.resource = leak.resource
left join visit on visit.id = hit.visit
join resource on resource.id = leak.resource
join kind on kind.id = last.kind
join site on site.id = leak.site
group by leak.site, leak.resource
