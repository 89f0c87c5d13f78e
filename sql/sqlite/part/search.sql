-- Leaves the rows that have one of the texts in what names them.
delete from temp.answer
where not exists (
  select 1
  from temp.searched
  where {found}
)
