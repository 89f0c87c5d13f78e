-- Empties the list for the next day.
delete from temp.touched_set
