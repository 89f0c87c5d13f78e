-- Takes away the rollups of some buckets before they are made anew.
delete from rollup
where dimension = :dimension
  and bucket >= :first
  and bucket < :last
