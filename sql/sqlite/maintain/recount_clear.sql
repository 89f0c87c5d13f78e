-- Makes room for the next dimension.
delete from temp.recount
