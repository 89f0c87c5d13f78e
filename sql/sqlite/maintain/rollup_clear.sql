-- Deletes the rollups of some buckets before they are recomputed.
delete from rollup
where dimension = :dimension
  and bucket >= :first
  and bucket < :last
