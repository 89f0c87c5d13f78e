-- Notes one of the old table's numbers.
insert or replace into slim_id (kind, name, number)
values (:kind, :name, :number)
