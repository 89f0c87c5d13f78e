-- All hits of the visits that lose one, and those that go without having a visit.
create temp table if not exists member (id integer primary key, goes integer not null)
