-- Sums of all that was requested, by page and kind (dimension 23): made here of the hits that are there.
-- Of older days the sums by kind (dimension 10) are known: their pages are other ones, 1. The duration
-- of this dimension is the time that its hits took, in microseconds, 2^44 of one hit at most.

insert into rollup
select
  23,
  (hit.id >> 24) / 86400,
  hit.site,
  hit.robot,
  hit.kind << 40 | resource.page,
  count(*),
  sum(hit.pageview),
  sum(hit.status >= 400),
  sum(hit.bytes),
  0,
  0,
  sum(min(hit.duration_us, 17592186044416)),
  0
from hit
join resource on resource.id = hit.resource
where hit.id >= (
  select coalesce(max(cast(value as integer)), 0) / 86400 * 86400 << 24
  from store
  where key = 'rows_from'
)
group by 2, 3, 4, 5;

insert into rollup
select
  23, kinds.bucket, kinds.site, kinds.robot, kinds.key << 40 | 1, kinds.hits, kinds.pageviews,
  kinds.errors, kinds.bytes, 0, 0, 0, 0
from rollup as kinds
where kinds.dimension = 10
  and kinds.bucket < (
    select coalesce(max(cast(value as integer)), 0) / 86400
    from store
    where key = 'rows_from'
  );
