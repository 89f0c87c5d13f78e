-- Deletes the sessions that lose a hit, before their visits.
delete from session
where id in (
  select session.id
  from temp.affected_visit
  cross join visit on visit.id = affected_visit.id
  cross join session
    on session.visitor = visit.visitor
    and visit.began between session.began and session.ended
)
