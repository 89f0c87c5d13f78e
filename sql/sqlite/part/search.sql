-- Deletes rows whose names contain none of the texts, and equal none given as =TEXT.
delete from temp.answer
where not exists (
  with name (text) as (values {names})
  select 1
  from name
  cross join temp.searched
  where instr(lower(name.text), searched.lower) > 0
    or searched.text = '=' || name.text
)
