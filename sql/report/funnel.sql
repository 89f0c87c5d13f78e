-- report: visits that reached goals one after the other: all, or those of where goal=FIRST>SECOND
-- order: 56
-- column: step number key
-- column: goal text key
-- column: visits count
-- column: visitors number
-- column: step_rate percent = visits / before
-- column: conversion_rate percent = visits / asked
-- sort: step ascending
-- limit: 50
-- totals: none
-- engine: sqlite
-- Step 0 are all visits. Other pages may lie between; with >> none.
with asked as materialized (
    select
      visit.id as id,
      visit.visitor as visitor
    from visit
    where visit.counted >= :since >> 24
      and visit.counted < :until >> 24
      and visit.pageviews > 0
      and {visit_robots}
      and {visit_filters}
)
select
  step.number as step,
  step.name as goal,
  step.reached as visits,
  step.visitors as visitors,
  lag(step.reached, 1, step.reached) over (order by step.number) as before,
  step.visits as asked
from ({funnel_rows}) as step
