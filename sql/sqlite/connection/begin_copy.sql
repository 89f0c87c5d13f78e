-- Begins a snapshot that lasts as long as a copy takes.
begin;
select 1 from store
