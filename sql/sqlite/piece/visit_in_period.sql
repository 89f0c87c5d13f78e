-- Visits that may have hits in a period. A visit's number is that of a hit of it, so that those up to a
-- day long are near in time; the few longer ones have an index of their own.
(
  visit.id >= ((:since >> 24) - 86400) << 24 and visit.id < ((:until >> 24) + 86400) << 24
  or visit.closed - visit.opened > 86400 and visit.closed >= :since >> 24
)
and visit.closed >= :since >> 24
and visit.opened < :until >> 24
