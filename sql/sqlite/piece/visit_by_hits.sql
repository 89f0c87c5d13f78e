-- Visits that have a hit which matches all filters.
visit.id in (
  select hit.visit
  from hit
  where hit.id >= :since
    and hit.id < :until
    and {robots}
    and {filters}
)
