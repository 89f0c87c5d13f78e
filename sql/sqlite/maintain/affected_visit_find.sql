-- The visits of all sessions that lose a hit, as they are now.
insert or ignore into temp.affected_visit (id)
select visit.id
from temp.removed_hit
cross join hit on hit.id = removed_hit.id
cross join visit as losing on losing.id = hit.visit
cross join session
  on session.visitor = losing.visitor
  and losing.began between session.began and session.ended
cross join visit
  on visit.visitor = session.visitor
  and visit.began between session.began and session.ended
