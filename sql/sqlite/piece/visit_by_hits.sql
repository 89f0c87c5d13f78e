-- Visits that have a hit which matches all filters, whether in the period or not: a visit is counted
-- whole.
visit.id in (
  select hit.visit
  from hit
  where hit.id >= ({first_opened}) << 24
    and hit.id < (({last_closed}) + 1) << 24
    and {robots}
    and {filters}
)
