-- Empties the table for another count.
delete from temp.part
