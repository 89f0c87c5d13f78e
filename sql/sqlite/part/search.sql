-- Leaves the rows that have one of the texts in what names them, or are called so by =TEXT.
delete from temp.answer
where not exists (
  select 1
  from temp.searched
  where {found}
)
