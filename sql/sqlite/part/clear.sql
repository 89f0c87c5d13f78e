-- Makes room for another count.
delete from temp.part
