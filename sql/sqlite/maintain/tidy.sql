-- Deletes entries of a dictionary that nothing refers to any more.
delete from {table}
where id > 1
  and id in (select id from temp.loose where kind = :kind)
  and id not in (
    {references}
  )
