-- Puts the visitors of the keys that are shown into the answer.
update temp.answer
set visitors = (
  select visitors_in(part.visitors)
  from temp.part as part
  where part.key = answer.key
)
where key in (select key from temp.shown)
