-- Gives a new campaign its number.
insert into campaign (name, medium, term, content)
values (:name, :medium, :term, :content)
