-- Leaves the rows whose name has one of the texts.
delete from temp.answer
where not exists (
  select 1
  from temp.searched
  where instr(lower({name}), lower(searched.text)) > 0
)
