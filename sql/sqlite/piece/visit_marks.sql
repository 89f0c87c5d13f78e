-- The marks of a visit. 1024, posts, is seen in its hits and those of its visitor's day, whichever visits
-- these belong to: nothing that is stored with a visit would be right for long.
(visit.marks | 1024 * exists (
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
))
