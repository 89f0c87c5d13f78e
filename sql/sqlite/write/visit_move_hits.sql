-- Gives the hits of a visit to the one that absorbs it.
update hit set visit = :into
where id >= :first
  and id < :last
  and visit = :visit
