-- Makes room for the next day's.
delete from temp.touched_set
