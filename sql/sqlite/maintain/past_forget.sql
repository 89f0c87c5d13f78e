-- Forgets that a visitor of whom nothing is left had come before.
delete from past_visitor
where id = :visitor
  and not exists (select 1 from session where session.visitor = :visitor)
