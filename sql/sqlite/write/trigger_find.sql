-- Triggers that somebody else has put on the tables; we have none.
select 1 from sqlite_schema where type = 'trigger' limit 1
