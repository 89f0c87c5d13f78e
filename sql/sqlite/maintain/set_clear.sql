-- Takes away the sets of visitors of some buckets before they are made anew.
delete from visitors
where dimension = :dimension
  and bucket >= :first
  and bucket < :last
