-- A visit has become its visitor's first.
update visit set fresh = 1
where id = :id
