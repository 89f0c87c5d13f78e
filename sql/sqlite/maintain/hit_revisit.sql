-- Gives a hit its visit.
update hit set visit = :visit
where id = :id
