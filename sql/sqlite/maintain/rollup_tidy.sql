-- Deletes rollups that have become zero.
delete from rollup
where dimension = :dimension
  and bucket >= :first
  and bucket < :last
  and hits = 0
  and pageviews = 0
  and errors = 0
  and bytes = 0
  and visits = 0
  and bounces = 0
  and duration = 0
  and fresh = 0
  and unshown = 0
