-- A bucket in which nothing may have happened.
insert into temp.part (key, robot)
values (:key, 0)
