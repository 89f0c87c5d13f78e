-- Deletes the sets of visitors of some buckets before they are recomputed.
delete from visitors
where dimension = :dimension
  and bucket >= :first
  and bucket < :last
