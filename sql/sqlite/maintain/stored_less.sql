-- Subtracts removed hits from the number of stored hits.
update journal set stored = stored - :hits
where uuid = (select uuid from journal order by stored desc limit 1)
