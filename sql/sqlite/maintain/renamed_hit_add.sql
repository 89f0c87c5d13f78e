-- A hit that is called differently now.
insert into temp.removed_hit (id)
values (:id)
