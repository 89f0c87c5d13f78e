-- Deletes the sets of a dimension that are to be recomputed.
delete from visitors
where dimension = :dimension
  and (bucket, site, robot, key) in (
    select bucket, site, robot, key
    from temp.touched_set
    where dimension = :dimension
  )
