-- Puts the visitors of the keys that are shown into the answer.
update temp.answer
set visitors = (
  select visitors_in(part.visitors)
  from temp.part as part
  where part.key = answer.key
    and part.site = answer.site_key
)
where (key, site_key) in (select key, site_key from temp.shown)
