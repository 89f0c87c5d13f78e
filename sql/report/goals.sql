-- report: visits that reached a goal of goals.tsv
-- order: 55
-- column: goal text key
-- column: conversions count
-- column: visitors number
-- column: visits number
-- column: conversion_rate percent = conversions / asked
-- sort: conversions descending
-- limit: 50
-- totals: none
-- engine: sqlite
-- Rows of a period are read, for as long as there are any.
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
  goal.name as goal,
  goal.reached as conversions,
  goal.visitors as visitors,
  goal.visits as visits,
  goal.visits as asked
from ({goal_rows}) as goal
