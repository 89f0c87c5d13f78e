-- Takes away the sets of a dimension that are made anew.
delete from visitors
where dimension = :dimension
  and (bucket, site, robot, key) in (
    select bucket, site, robot, key
    from temp.touched_set
    where dimension = :dimension
  )
