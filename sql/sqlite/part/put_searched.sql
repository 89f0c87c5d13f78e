-- One more text to search for.
insert into temp.searched
values (:text, lower(:text))
