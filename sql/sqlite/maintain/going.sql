-- Hits that go, of a day.
create temp table if not exists going (id integer primary key)
