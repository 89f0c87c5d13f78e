-- Empties the table for the next dimension.
delete from temp.recount
