-- A second before which no visit that is counted in the period has hits. Those up to a day long and counted on
-- later days than its first have none before it; the few longer ones have an index of their own.
select min(
  :since >> 24,
  coalesce((
    select min(early.opened)
    from visit as early
    where early.counted >= :since >> 24
      and early.counted < min((:since >> 24) + 86400, :until >> 24)
  ), :since >> 24),
  coalesce((
    select min(long.opened)
    from visit as long
    where long.closed - long.opened > 86400
      and long.closed >= :since >> 24
      and +long.counted >= :since >> 24
      and +long.counted < :until >> 24
  ), :since >> 24)
)
