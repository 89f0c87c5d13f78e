-- Empties the list for the next day.
delete from temp.affected_visit
