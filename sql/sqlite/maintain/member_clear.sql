-- Makes room for the next day.
delete from temp.member
