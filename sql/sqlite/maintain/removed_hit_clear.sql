-- Empties the list for the next day.
delete from temp.removed_hit
