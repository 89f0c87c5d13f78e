-- A second behind which no visit that is counted in the period has hits: as first_opened.sql.
select max(
  :until >> 24,
  coalesce((
    select max(late.closed)
    from visit as late
    where late.counted >= max((:until >> 24) - 86400, :since >> 24)
      and late.counted < :until >> 24
  ), :until >> 24),
  coalesce((
    select max(long.closed)
    from visit as long
    where long.closed - long.opened > 86400
      and long.closed >= :since >> 24
      and +long.counted >= :since >> 24
      and +long.counted < :until >> 24
  ), :until >> 24)
)
