-- Leaves the rows that have one of the texts in what names them, or are called so by =TEXT.
delete from temp.answer
where not exists (
  with name (text) as (values {names})
  select 1
  from name
  cross join temp.searched
  where instr(lower(name.text), searched.lower) > 0
    or searched.text = '=' || name.text
)
