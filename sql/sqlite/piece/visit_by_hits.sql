-- Visits that have a hit which matches all filters, whether in the period or not: a visit is counted
-- whole.
visit.id in (
  select hit.visit
  from hit
  where hit.id >= (
      select min(counted.opened)
      from visit as counted
      where counted.counted >= :since >> 24
        and counted.counted < :until >> 24
    ) << 24
    and hit.id < (
      select max(counted.closed) + 1
      from visit as counted
      where counted.counted >= :since >> 24
        and counted.counted < :until >> 24
    ) << 24
    and {robots}
    and {filters}
)
