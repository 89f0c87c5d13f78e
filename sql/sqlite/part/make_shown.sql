-- The keys of the rows that are shown.
create temp table shown (key integer not null primary key)
